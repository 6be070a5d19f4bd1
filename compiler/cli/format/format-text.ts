import { isMap, isScalar, isSeq, parseAllDocuments, Scalar, visit } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { followed, schemaNamed } from '../../load/schema-source.ts';
import type { Schema } from '../../load/schema-source.ts';
import { KINDS } from '../../load/document.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Longest line that a list or map in one line may have. */
const LINE_MAX = 120;

/** Why a text is left as it is. */
export interface Refusal {
  readonly reason: string;
}

/** The writer moves some comments more than once before they stay where they are; twice in the worst case that was found. */
const ROUNDS_MAX = 5;

/**
 * A spec file as the project writes it: keys in the order of the language, two spaces a level, comments and blank lines
 * kept, quotes only where they are needed. What comes out is formatted: it comes out again. A text that is not YAML is
 * refused, and one that never comes to rest.
 */
export function formatText(text: string): string | Refusal {
  let before = text;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const after = formatOnce(before);
    if (typeof after !== 'string' || after === before) return after;
    before = after;
  }
  return { reason: 'it would be formatted anew each time' };
}

function formatOnce(text: string): string | Refusal {
  const documents = parseAllDocuments(text, { keepSourceTokens: false });
  for (const { errors } of documents) {
    const [first] = errors;
    if (first !== undefined) return { reason: sure(first.message.split('\n')[0], 'the first line of a message') };
  }
  return documents.map(formatDocument).join('');
}

function formatDocument(document: Document.Parsed, index: number): string {
  const { contents } = document;
  if (isMap(contents)) order(contents, schemaOf(contents));
  visit(document, { Scalar: (_, scalar) => quoteEmptyBlock(scalar) });
  document.directives.docStart = index > 0 ? true : document.directives.docStart;
  return document.toString({ indent: 2, lineWidth: LINE_MAX, singleQuote: null, flowCollectionPadding: false });
}

/** The comment behind `|` would become the text of a block that has none. */
function quoteEmptyBlock(scalar: Scalar): void {
  const isBlock = scalar.type === Scalar.BLOCK_LITERAL || scalar.type === Scalar.BLOCK_FOLDED;
  if (isBlock && scalar.value === '') scalar.type = Scalar.QUOTE_DOUBLE;
}

/** The schema of a document, by its kind. */
function schemaOf(contents: YAMLMap): Schema | undefined {
  const kind = contents.get('kind');
  return KINDS.some((name) => name === kind) ? schemaNamed(String(kind)) : undefined;
}

/** Puts the keys of a map in the order of its schema, unknown ones last, and goes on below. */
function order(map: YAMLMap, schema: Schema | undefined): void {
  const known = schema === undefined ? undefined : followed(schema);
  const names = Object.keys(known?.properties ?? {});
  if (names.length > 0) reorder(map, names);
  for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : '';
    const below =
      known?.properties?.[name] ??
      (typeof known?.additionalProperties === 'object' ? known.additionalProperties : undefined);
    if (isMap(value)) order(value, below);
    if (isSeq(value))
      for (const item of value.items)
        if (isMap(item)) order(item, below === undefined ? undefined : followed(below).items);
  }
}

/** A stable sort. The comment above the first key belongs to the map for the parser, and to the key for people. */
function reorder(map: YAMLMap, names: readonly string[]): void {
  const items = map.items as Pair<Node, Node | null>[];
  const rank = ({ key }: Pair<Node, Node | null>) => {
    const index = isScalar(key) ? names.indexOf(String(key.value)) : -1;
    return index < 0 ? names.length : index;
  };
  const sorted = items.map((item, index) => ({ item, index, rank: rank(item) }));
  sorted.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const [first] = items;
  if (sorted[0]?.item !== first && isScalar(first?.key) && typeof map.commentBefore === 'string') {
    first.key.commentBefore = map.commentBefore;
    map.commentBefore = null;
  }
  map.items = sorted.map(({ item }) => item);
}
