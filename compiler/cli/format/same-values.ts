import { isDeepStrictEqual } from 'node:util';
import { Lexer } from 'yaml';
import { parseFile } from '../../load/parse.ts';
import { valueOf } from '../../load/tree.ts';
import { compareText } from '../../../spec/contract/text.ts';

/** Whether the compiler reads the same values from both texts, in the same documents. */
export function sameValues(before: string, after: string): boolean {
  return isDeepStrictEqual(valuesOf(before), valuesOf(after));
}

/** Every comment of a text, sorted: formatting may move them with their keys. */
export function commentsOf(text: string): readonly string[] {
  const comments: string[] = [];
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#') && before !== SCALAR) comments.push(lexeme.trimEnd());
    before = lexeme;
  }
  return comments.sort();
}

/** What the lexer puts before the text of a scalar, which may begin like a comment. */
const SCALAR = '\u001f';

/** The values of a text; of one that the compiler refuses, the problems too. */
function valuesOf(text: string): unknown {
  const codes: string[] = [];
  const documents = parseFile({ path: 'spec/text.yaml', text }, (code) => codes.push(code));
  return [codes, documents.map(({ root }) => sorted(valueOf(root)))];
}

/** Maps compare by their entries, whatever their order: formatting may move keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return new Map(entries.sort(([a], [b]) => compareText(a, b)));
}
