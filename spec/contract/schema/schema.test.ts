import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parseExpression } from '../expression-parser.ts';
import { isTemplate, parseKeyPath, parseTemplate } from '../template.ts';
import { everyNode, readSources, type SchemaNode, type Visited } from '../testing/schemas.ts';
import { parseCpu, parseDuration, parsePercent, parsePercentile, parseRate, parseSize } from '../units.ts';

const NODES = everyNode();

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  duration: parseDuration,
  size: parseSize,
  cpu: parseCpu,
  rate: parseRate,
  percent: parsePercent,
  percentile: parsePercentile,
  keyPath: parseKeyPath,
  keyTemplate: (text) => (isTemplate(parseTemplate(text)) ? text : undefined),
  expression: (text) => ('kind' in parseExpression(text) ? undefined : text),
};

/** Where a rule is broken; an empty list is a pass. */
function broken(rule: (visited: Visited) => boolean): readonly string[] {
  return NODES.filter((visited) => !rule(visited)).map(({ at }) => at);
}

function ajv(): Ajv2020 {
  const instance = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false });
  instance.addVocabulary(['x-unit', 'x-bounds', 'x-overlay']);
  for (const source of readSources().values()) instance.addSchema(source);
  return instance;
}

test('there are ten schemas and many fields in them', () => {
  expect(readSources().size).toBe(10);
  expect(NODES.length).toBeGreaterThan(400);
});

test('every schema is a schema of draft 2020-12 and knows its own address', () => {
  const instance = ajv();
  for (const [name, source] of readSources()) {
    expect([name, instance.validateSchema(source), source['$id']]).toEqual([
      name,
      true,
      `https://nova-torch.dev/schema/v1/${name}`,
    ]);
  }
});

test('every field and every building block says what it is for, in a sentence', () => {
  const isNamed = (at: string) => /\/(properties|\$defs)\/[^/]+$/.test(at);
  expect(broken(({ at, node }) => !isNamed(at) || /^[A-Z`].*\.$/.test(String(node['description'])))).toEqual([]);
});

test('every string is bounded', () => {
  const isBounded = (node: SchemaNode) => 'maxLength' in node || 'enum' in node || 'const' in node;
  expect(broken(({ node }) => node['type'] !== 'string' || isBounded(node))).toEqual([]);
});

test('every list is bounded', () => {
  expect(broken(({ node }) => node['type'] !== 'array' || ('maxItems' in node && 'items' in node))).toEqual([]);
});

test('every number is bounded', () => {
  const isNumber = (node: SchemaNode) => node['type'] === 'integer' || node['type'] === 'number';
  expect(broken(({ node }) => !isNumber(node) || ('minimum' in node && 'maximum' in node))).toEqual([]);
});

test('every object is closed, or a map with named keys, or free data, and bounded in each case', () => {
  const isClosed = (node: SchemaNode) => node['additionalProperties'] === false && 'properties' in node;
  const isMap = (node: SchemaNode) => typeof node['additionalProperties'] === 'object' && 'propertyNames' in node;
  const isFree = (node: SchemaNode) => !('properties' in node) && !('additionalProperties' in node);
  const isBounded = (node: SchemaNode) => 'maxProperties' in node && (isMap(node) || isFree(node));
  expect(broken(({ node }) => node['type'] !== 'object' || isClosed(node) || isBounded(node))).toEqual([]);
});

test('only lists of plain values have unique items, so that comparing them is cheap', () => {
  const isPlain = (items: SchemaNode) => 'enum' in items || items['type'] === 'string' || '$ref' in items;
  expect(broken(({ node }) => node['uniqueItems'] !== true || isPlain(node['items'] as SchemaNode))).toEqual([]);
});

test('every required field exists', () => {
  const fields = (node: SchemaNode) => Object.keys(node['properties'] ?? {});
  const required = (node: SchemaNode) => (node['required'] ?? []) as readonly string[];
  expect(
    broken(({ at, node }) => /oneOf\/\d+$/.test(at) || required(node).every((name) => fields(node).includes(name))),
  ).toEqual([]);
});

test('every default and every example is valid', () => {
  const instance = ajv();
  const values = NODES.flatMap(({ at, node }) => {
    const { default: fallback, examples = [], ...rest } = node;
    const all = [...(fallback === undefined ? [] : [fallback]), ...(examples as readonly unknown[])];
    return all.map((value) => ({ at, rest, value }));
  });
  expect(values.length).toBeGreaterThan(80);
  const invalid = values.filter(({ rest, value }, index) => {
    return !instance.validate({ ...absolute(rest), $id: `https://nova-torch.dev/schema/v1/value-${index}` }, value);
  });
  expect(invalid.map(({ at, value }) => [at, value])).toEqual([]);
});

/** A reference inside `common`, as another schema says it. No default or example has a reference inside another file. */
function absolute(node: SchemaNode): SchemaNode {
  return JSON.parse(JSON.stringify(node).replaceAll('"#/$defs/', '"common.schema.json#/$defs/')) as SchemaNode;
}

test('the reader of a unit reads its examples', () => {
  const units = NODES.filter(({ node }) => 'x-unit' in node);
  expect(units.map(({ node }) => node['x-unit']).sort()).toEqual(Object.keys(READERS).sort());
  for (const { node } of units) {
    const examples = node['examples'] as readonly string[];
    expect(examples.filter((text) => READERS[String(node['x-unit'])]?.(text) === undefined)).toEqual([]);
  }
});

test('no pattern can be made to run long', () => {
  const patterns = new Map(NODES.filter(({ node }) => 'pattern' in node).map(({ node }) => [node['pattern'], node]));
  expect(patterns.size).toBeGreaterThan(30);
  for (const [pattern, node] of patterns) {
    const regexp = new RegExp(String(pattern), 'u');
    const start = performance.now();
    for (const text of hostileTexts((node['examples'] ?? ['a']) as readonly unknown[])) regexp.test(text);
    // All of it takes some milliseconds; a pattern that is quadratic in the input takes many seconds.
    expect([pattern, performance.now() - start < 2000]).toEqual([pattern, true]);
  }
});

/** Texts that begin well, go on and on with what a pattern may repeat, and end badly. */
function hostileTexts(examples: readonly unknown[]): readonly string[] {
  const pumps = ['a', '0', 'A', '-', '_', '.', '/', 'a-', 'a.', 'a/', 'a_', '0,', '/a.', 'input.a', ' 1', '._a'];
  return examples.flatMap((example) => pumps.map((pump) => `${String(example)}${pump.repeat(50_000 / pump.length)}!`));
}
