import type { Json, JsonObject, JsonPath, SourceFile, Span } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { parseJson } from './parse-json.ts';
import { patternProblem } from '../../spec/contract/task-schema/pattern.ts';
import { KEYWORDS } from '../../spec/contract/task-schema/keywords.ts';
import type { KeywordForm } from '../../spec/contract/task-schema/keywords.ts';
import { stepsOf } from '../../spec/contract/task-schema/reference.ts';
import { endlessReference } from './reference-chains.ts';
import { nodeAt, valueOf } from './tree.ts';
import type { ListNode, TreeNode } from './tree.ts';
import { typeName } from './wording.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/**
 * A JSON Schema of a task type: parsed, and known to be a schema of draft 2020-12 whose references stay in the file and
 * whose patterns are safe. Nothing after problems, which are placed in the file.
 *
 * Refused: ajv and its meta-schema. Loading them costs more than everything else `check` does, they place nothing, and
 * they let unknown keywords pass. A test compares the two.
 */
export function loadSchema(file: SourceFile, report: Report): JsonObject | undefined {
  const root = parseJson(file, report);
  if (root === undefined) return undefined;
  const checker = new SchemaChecker(file.path, root, report);
  if (root.type !== 'map') checker.refuse(root, `it must be a map of keywords, found ${typeName(valueOf(root))}`);
  checker.schema(root, []);
  checker.references();
  if (checker.sound) checker.ends();
  return checker.sound ? (valueOf(root) as JsonObject) : undefined;
}

class SchemaChecker {
  sound = true;
  readonly #file: string;
  readonly #root: TreeNode;
  readonly #report: Report;
  readonly #schemas = new Set<TreeNode>();
  readonly #references: { readonly node: TreeNode; readonly ref: string }[] = [];

  constructor(file: string, root: TreeNode, report: Report) {
    this.#file = file;
    this.#root = root;
    this.#report = report;
  }

  refuse(node: TreeNode, reason: string, details: Details = {}): void {
    this.sound = false;
    this.#report('NT1402', this.#span(node), { reason }, details);
  }

  schema(node: TreeNode, path: JsonPath): void {
    this.#schemas.add(node);
    if (node.type === 'scalar' && typeof node.value === 'boolean') return;
    if (node.type !== 'map') {
      if (path.length > 0) this.refuse(node, `a schema must be a map or a boolean, found ${typeName(valueOf(node))}`);
      return;
    }
    for (const [keyword, { key, value }] of node.entries) {
      const form = KEYWORDS.get(keyword);
      if (form === undefined) this.#refuseKeyword(keyword, key);
      else if (keyword === '$id' && path.length > 0) this.refuse(key, '`$id` can stand at its top only');
      else if (keyword === '$id' && value.type === 'scalar' && /[#\s]/.test(String(value.value)))
        this.refuse(value, '`$id` must be an address');
      else if (keyword === '$schema' && valueOf(value) !== DRAFT)
        this.refuse(value, `\`$schema\` must be \`${DRAFT}\``);
      else this.#keyword(keyword, form, value, [...path, keyword]);
    }
  }

  /** Looks at where references lead together. Each leads to a schema. */
  ends(): void {
    const endless = endlessReference(this.#root, this.#schemas);
    if (endless === undefined) return;
    const { node, ref, where } = endless;
    this.sound = false;
    this.#report('NT1406', this.#span(node), { ref: shown(ref), where });
  }

  #refuseKeyword(keyword: string, key: TreeNode): void {
    const meant = nearest(keyword, KEYWORDS.keys());
    const label = meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
    this.refuse(key, `there is no keyword \`${shown(keyword)}\``, label);
  }

  #keyword(keyword: string, form: KeywordForm, node: TreeNode, path: JsonPath): void {
    const expected = this.#nested(form, node, path) ?? expectedOf(form, valueOf(node) as Json);
    if (expected !== undefined) {
      this.refuse(node, `\`${keyword}\` must be ${expected}, found ${typeName(valueOf(node))}`);
    } else if (form === 'pattern') this.#pattern(node, valueOf(node) as string);
    else if (form === 'reference') this.#references.push({ node, ref: valueOf(node) as string });
  }

  /** Goes into keywords that hold schemas; what they must be when they are not. */
  #nested(form: KeywordForm, node: TreeNode, path: JsonPath): string | undefined {
    if (form === 'schema') this.schema(node, path);
    if (form === 'schemas by name') {
      if (node.type !== 'map') return 'a map of schemas';
      for (const [name, { key, value }] of node.entries) {
        if (path.at(-1) === 'patternProperties') this.#pattern(key, name);
        this.schema(value, [...path, name]);
      }
    }
    if (form === 'list of schemas') {
      if (node.type !== 'list' || node.items.length === 0) return 'a list of schemas with at least one entry';
      this.#listed(node, path);
    }
    return undefined;
  }

  #listed({ items }: ListNode, path: JsonPath): void {
    items.forEach((item, index) => this.schema(item, [...path, index]));
  }

  #pattern(node: TreeNode, pattern: string): void {
    const reason = patternProblem(pattern);
    if (reason === undefined) return;
    this.sound = false;
    this.#report('NT1405', this.#span(node), { pattern: shown(pattern), reason });
  }

  /** A reference leads to a schema of this file, and not to an example or a name that looks like one. */
  references(): void {
    for (const { node, ref } of this.#references) {
      const isInside = ref === '#' || ref.startsWith('#/');
      const target = nodeAt(this.#root, stepsOf(ref));
      if (isInside && target.found && this.#schemas.has(target.node)) continue;
      this.#report(isInside ? 'NT1404' : 'NT1403', this.#span(node), { ref: shown(ref) });
      this.sound = false;
    }
  }

  #span({ start, end }: TreeNode): Span {
    return { file: this.#file, start, end };
  }
}

/** What a keyword's value must be, when it is something else. */
function expectedOf(form: KeywordForm, value: Json): string | undefined {
  switch (form) {
    case 'count':
      return Number.isInteger(value) && Number(value) >= 0 ? undefined : 'a whole number of 0 or more';
    case 'number':
      return typeof value === 'number' ? undefined : 'a number';
    case 'positive number':
      return typeof value === 'number' && value > 0 ? undefined : 'a number above 0';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : '`true` or `false`';
    case 'text':
    case 'pattern':
    case 'reference':
      return typeof value === 'string' ? undefined : 'text';
    case 'list':
      return Array.isArray(value) && value.length > 0 ? undefined : 'a list with at least one entry';
    case 'names':
      return areNames(value) ? undefined : 'a list of different names';
    case 'names by name':
      return areNamesByName(value) ? undefined : 'a map of lists of names';
    case 'types':
      return areTypes(value) ? undefined : `one of ${TYPES.join(', ')}, or a list of them`;
    default:
      return undefined;
  }
}

function areNames(value: Json): boolean {
  return (
    Array.isArray(value) && value.every((name) => typeof name === 'string') && new Set(value).size === value.length
  );
}

function areNamesByName(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(areNames);
}

function areTypes(value: Json): boolean {
  const types = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const known = types.every((type) => typeof type === 'string' && TYPES.includes(type));
  return known && types.length > 0 && new Set(types).size === types.length;
}
