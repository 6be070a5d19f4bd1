import editorSchema from '../../spec/contract/generated/nova-torch.schema.json' with { type: 'json' };

/**
 * The texts a person can write into a spec, as the language's own schemas have them.
 *
 * Glossary
 * - field: named by its way from the kind: `*` is any key of a map, `<key>` the key itself, `[]` any item of a list
 * - free: nothing says which characters it holds; every other text has a pattern or is one of a few words
 */
interface Node {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly propertyNames?: Node;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

export interface TextField {
  readonly field: string;
  /** Absent for a free one. */
  readonly pattern?: RegExp;
}

const DEFS = editorSchema.$defs as unknown as Readonly<Record<string, Node>>;
const KINDS = ['Company', 'Environment', 'Team', 'Fleet', 'Route', 'Provider', 'ToolServer', 'Schedule', 'Patch'];
/** Overlays and defaults repeat the fields of what they lie over; they go the same way. */
const REPEATED = new Set(['environments', 'defaults']);

/** Every text field of every kind, once. */
export function textFields(): readonly TextField[] {
  const found = new Map<string, TextField>();
  for (const kind of KINDS) {
    const spec = DEFS[kind]?.properties?.['spec'];
    if (spec !== undefined) collect(spec, kind, found, 0);
  }
  return [...found.values()];
}

/** Schemas of the language do not nest deeper; those that name themselves end here. */
const DEPTH_MAX = 14;

function collect(written: Node, field: string, found: Map<string, TextField>, depth: number): void {
  if (depth > DEPTH_MAX) return;
  const { $ref, ...own } = written;
  const node: Node = { ...($ref === undefined ? {} : DEFS[$ref.slice('#/$defs/'.length)]), ...own };
  if (holdsText(node) && node.enum === undefined && node.const === undefined) {
    found.set(field, { field, ...(node.pattern !== undefined && { pattern: new RegExp(node.pattern, 'u') }) });
  }
  for (const [name, inner] of Object.entries(node.properties ?? {}))
    if (!REPEATED.has(name)) collect(inner, `${field}.${name}`, found, depth + 1);
  if (typeof node.additionalProperties === 'object') collect(node.additionalProperties, `${field}.*`, found, depth + 1);
  if (node.propertyNames !== undefined) collect(node.propertyNames, `${field}.<key>`, found, depth + 1);
  if (node.items !== undefined) collect(node.items, `${field}[]`, found, depth + 1);
  for (const one of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) collect(one, field, found, depth + 1);
}

/** A schema without a type takes anything, a text as well. */
function holdsText({ type, properties, oneOf, anyOf, items }: Node): boolean {
  if (type === undefined) return [properties, oneOf, anyOf, items].every((part) => part === undefined);
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}
