import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import editorSchema from './generated/nova-torch.schema.json' with { type: 'json' };
import { CONSUMERS, STANDS_FOR } from './consumers.ts';

interface Node {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
}

const DEFS = editorSchema.$defs as Readonly<Record<string, Node>>;

/** Every field a person can write, `environments` left out: an overlay says the same fields again. */
function fieldsOf(path: string, node: Node): readonly string[] {
  if (node.$ref !== undefined) return fieldsOf(path, DEFS[node.$ref.slice('#/$defs/'.length)] ?? {});
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) => fieldsOf(`${path}.${name}`, child));
  }
  if (typeof node.additionalProperties === 'object') return fieldsOf(`${path}.*`, node.additionalProperties);
  if (node.items !== undefined) return fieldsOf(`${path}[]`, node.items);
  const objects = (node.oneOf ?? []).filter((one) => one.properties !== undefined);
  return objects.length > 0 ? objects.flatMap((one) => fieldsOf(path, one)) : [path];
}

const KINDS = editorSchema.properties.kind.enum;
const FIELDS = new Set(
  KINDS.flatMap((kind) => fieldsOf(kind, DEFS[kind] ?? {})).filter(
    (path) => !/^\w+\.(apiVersion|kind|environments)\b/.test(path),
  ),
);

function standsFor(path: string): string | undefined {
  const prefix = Object.keys(STANDS_FOR).find((from) => path === from || path.startsWith(`${from}.`));
  return prefix === undefined ? undefined : `${STANDS_FOR[prefix]}${path.slice(prefix.length)}`;
}

test('the schemas have many fields', () => {
  expect(FIELDS.size).toBeGreaterThan(200);
});

test('every field has a consumer', () => {
  const without = [...FIELDS].filter((path) => CONSUMERS[standsFor(path) ?? path] === undefined);
  expect(without).toEqual([]);
});

test('every consumer reads a field that exists', () => {
  expect(Object.keys(CONSUMERS).filter((path) => !FIELDS.has(path))).toEqual([]);
});

test('what stands for another field stands in the schema too, and is not listed itself', () => {
  const defaults = [...FIELDS].filter((path) => standsFor(path) !== undefined);
  expect(defaults.length).toBeGreaterThan(50);
  expect(defaults.filter((path) => path in CONSUMERS)).toEqual([]);
  const unused = Object.keys(STANDS_FOR).filter((from) => !defaults.some((path) => `${path}.`.startsWith(`${from}.`)));
  expect(unused).toEqual([]);
});

test('each field that the scheduler reads has a test of its name there', () => {
  const proofs = Object.entries(CONSUMERS).flatMap(([field, consumers]) =>
    consumers
      .filter((one) => one.startsWith('scheduler:'))
      .map((one) => ({ field, file: one.slice('scheduler:'.length) })),
  );
  expect(proofs.length).toBeGreaterThan(30);
  const texts = new Map([...new Set(proofs.map(({ file }) => file))].map((file) => [file, readFileSync(file, 'utf8')]));
  const named = (text: string, field: string) =>
    [...text.matchAll(/^describe\(\s*'([^']+)'/gm)].some(([, name = '']) => name.split(/, | and /).includes(field));
  expect(proofs.filter(({ field, file }) => !named(texts.get(file) ?? '', field))).toEqual([]);
});
