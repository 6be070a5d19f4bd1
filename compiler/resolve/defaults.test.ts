import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import editorSchema from '../../spec/contract/generated/nova-torch.schema.json' with { type: 'json' };
import { LANGUAGE_DEFAULTS, PART_DEFAULTS } from './defaults.ts';

interface Node {
  readonly $ref?: string;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
}

const DEFS = editorSchema.$defs as unknown as Readonly<Record<string, Node>>;

/** The `default` of every field below a node, by path: `scale.schedule[].tz`, `accepts.*.retry.attempts`. */
function defaultsOf(node: Node, path: string): [string, Json][] {
  const { $ref, ...own } = node;
  const target = $ref === undefined ? {} : (DEFS[$ref.slice('#/$defs/'.length)] ?? {});
  const whole: Node = { ...target, ...own };
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`);
  return [
    ...(whole.default === undefined ? [] : [[path, whole.default] satisfies [string, Json]]),
    ...Object.entries(whole.properties ?? {}).flatMap(([name, child]) => defaultsOf(child, inside(name))),
    ...(typeof whole.additionalProperties === 'object' ? defaultsOf(whole.additionalProperties, inside('*')) : []),
    ...(whole.items === undefined ? [] : defaultsOf(whole.items, `${path}[]`)),
    ...(whole.oneOf ?? []).flatMap((one) => defaultsOf(one, path)),
  ];
}

/** Every scalar and empty collection of an object, by path. */
function leavesOf(value: Json, path: string): [string, Json][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`));
}

const specOf = (kind: string) => DEFS[kind]?.properties?.['spec'] ?? {};

/** Where each part of the defaults stands in the schemas. */
const PARTS: Readonly<Record<keyof typeof LANGUAGE_DEFAULTS, readonly [kind: string, prefix: string]>> = {
  fleet: ['Fleet', ''],
  task: ['Fleet', 'accepts.*.'],
  route: ['Route', ''],
  environment: ['Environment', ''],
  provider: ['Provider', ''],
  toolServer: ['ToolServer', ''],
  schedule: ['Schedule', ''],
  team: ['Team', ''],
};

/** The same for parts that may be absent. */
const OPTIONAL: Readonly<Record<string, string>> = {
  'scaleSchedule.tz': 'Fleet scale.schedule[].tz',
  'memory.path': 'Fleet memory.path',
  'memory.keep': 'Fleet memory.keep',
  'secret.mount': 'Fleet secrets.*.mount',
  'egress.port': 'Fleet egress.*.port',
  'flagRule.by': 'Fleet flags.*.rules[].by',
  'affinity.mode': 'Route affinity.mode',
  'affinity.hold': 'Route affinity.hold',
  'affinity.spillAfter': 'Route affinity.spillAfter',
  'aging.max': 'Route priority.aging.max',
  'fairness.key': 'Route fairness.key',
  'perKey.onFull': 'Route limits.perKey.onFull',
  'dedupe.onHit': 'Route dedupe.onHit',
  'fallback.after': 'Route fallback[].after',
  'people.groups': 'Environment people.groups',
  'secrets.engine': 'Environment secrets.engine',
  'secrets.delivery': 'Environment secrets.delivery',
  'secrets.mount': 'Environment secrets.mount',
  grafanaFolder: 'Environment observability.grafanaFolder',
  grafanaOutput: 'Environment observability.grafanaOutput',
  branch: 'Company repository.branch',
  teamWeight: 'Company teams.*.weight',
};

const inSchemas = new Map<string, Json>(
  ['Company', 'Environment', 'Team', 'Fleet', 'Route', 'Provider', 'ToolServer', 'Schedule', 'Patch'].flatMap((kind) =>
    defaultsOf(specOf(kind), '').map(([path, value]) => [`${kind} ${path}`, value] as const),
  ),
);

const inCode = new Map<string, Json>([
  ...Object.entries(PARTS).flatMap(([part, [kind, prefix]]) =>
    leavesOf(LANGUAGE_DEFAULTS[part as keyof typeof PARTS] as JsonObject, '').map(
      ([path, value]) => [`${kind} ${prefix}${path}`, value] as const,
    ),
  ),
  ...leavesOf(PART_DEFAULTS as JsonObject, '').map(
    ([path, value]) => [OPTIONAL[path] ?? `no field: ${path}`, value] as const,
  ),
]);

test('every default that editors show is the one that is applied', () => {
  expect(inSchemas.size).toBeGreaterThan(50);
  const different = [...inSchemas].filter(
    ([path, value]) => JSON.stringify(inCode.get(path)) !== JSON.stringify(value),
  );
  expect(different.filter(([path]) => !isCopied(path))).toEqual([]);
});

test('every default that is applied is one that editors show, or nothing at all', () => {
  const empty = (value: Json) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const unsaid = [...inCode].filter(([path, value]) => !inSchemas.has(path) && !empty(value));
  expect(unsaid).toEqual([]);
});

/** `defaults` of a company and of an environment hold the same fields again. */
function isCopied(path: string): boolean {
  return / defaults\./.test(path);
}
