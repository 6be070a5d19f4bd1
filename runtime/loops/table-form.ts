import { Ajv2020 } from 'ajv/dist/2020.js';
import { RELATIONS, TEXT_TESTS } from '../../spec/contract/expression.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { PRIORITIES } from '../../spec/contract/task.ts';

/**
 * The form of a routing table as JSON Schema: what must be a list, a map, a text or one of some words, so that nothing that reads
 * the table finds something else. Figures are looked at in `table-faults.ts`, which has better words for them. Fields that it does
 * not name may be there: a table of a newer compiler has some.
 */
type Form = Readonly<Record<string, unknown>>;

const TEXT: Form = { type: 'string' };
const TEXTS = listOf(TEXT);
const ANY: Form = {};
const EXPRESSION: Form = { $ref: '#/$defs/expression' };
const SKILLS = listOf({ type: 'array', prefixItems: [TEXT, { type: 'number' }], minItems: 2, maxItems: 2 });

function listOf(items: Form): Form {
  return { type: 'array', items };
}

function mapOf(additionalProperties: Form): Form {
  return { type: 'object', additionalProperties };
}

function oneOf(words: readonly string[]): Form {
  return { enum: words };
}

/** `optional`: fields that may be left out. */
function object(properties: Readonly<Record<string, Form>>, optional: Readonly<Record<string, Form>> = {}): Form {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } };
}

const PRIORITY = oneOf(PRIORITIES);

const ACCEPT = object(
  {
    backoff: object({ jitter: oneOf(['full', 'none']) }),
    never: TEXTS,
    effects: oneOf(['none', 'idempotent', 'external']),
  },
  { input: TEXT, output: TEXT },
);

const CANARY = object({
  steps: listOf(object({ weight: { type: 'integer', minimum: 0 }, holdMs: { type: 'integer', minimum: 0 } })),
  gate: object(
    { success: { type: 'number' } },
    { run: object({ percentile: { type: 'number' }, boundMs: { type: 'number' } }) },
  ),
  onFailure: oneOf(['rollback', 'pause']),
});

const FLEET = object(
  {
    team: TEXT,
    namespace: TEXT,
    delivery: oneOf(['pull', 'push']),
    slots: { type: 'integer', minimum: 1 },
    skills: mapOf({ type: 'number' }),
    providers: TEXTS,
    builds: mapOf(ANY),
    accepts: mapOf(ACCEPT),
    calls: mapOf(TEXTS),
  },
  { url: TEXT, anyBuild: { const: true }, canary: CANARY },
);

const ROUTE = object(
  {
    id: TEXT,
    team: TEXT,
    tasks: TEXTS,
    labels: mapOf(TEXT),
    require: SKILLS,
    to: listOf(object({ fleet: TEXT, weight: { type: 'number', minimum: 0 } })),
    priority: object(
      { default: PRIORITY, when: listOf(object({ if: EXPRESSION, then: PRIORITY })) },
      { aging: object({ everyMs: ANY, max: PRIORITY }) },
    ),
    limits: object(
      {},
      {
        rate: object({ count: ANY, perMs: ANY }),
        perKey: object({ key: TEXT, max: ANY, onFull: oneOf(['queue', 'reject']) }),
      },
    ),
    queue: object({ maxDepth: ANY, maxAgeMs: ANY, onFull: oneOf(['reject', 'shed-lowest']) }),
    fallback: listOf(
      object(
        { when: listOf(oneOf(['no-agent', 'wait-above', 'breaker-open', 'rejected'])), afterMs: ANY, fleet: TEXT },
        { require: SKILLS },
      ),
    ),
  },
  {
    where: EXPRESSION,
    affinity: object({ key: TEXT, mode: oneOf(['soft', 'hard']), holdMs: ANY, spillAfterMs: ANY }),
    fairness: object({ key: TEXT, weights: mapOf(ANY) }),
    dedupe: object({ key: TEXT, windowMs: ANY, onHit: oneOf(['join', 'reject']) }),
  },
);

const SCHEDULE = object({
  id: TEXT,
  team: TEXT,
  cron: TEXT,
  tz: TEXT,
  task: TEXT,
  input: { type: 'object' },
  labels: mapOf(TEXT),
  overlap: oneOf(['skip', 'queue', 'replace']),
  catchUp: object({ windowMs: ANY, max: ANY }),
});

const PARTS: readonly Form[] = [
  object({ op: { const: 'literal' }, value: { type: ['string', 'number', 'boolean', 'null'] } }),
  object({ op: { const: 'list' }, items: listOf(EXPRESSION) }),
  object({ op: { const: 'field' }, path: { ...TEXTS, minItems: 1 } }),
  object({ op: oneOf(['not', 'has', 'size']), of: EXPRESSION }),
  object({ op: oneOf(['and', 'or']), of: listOf(EXPRESSION) }),
  object({ op: oneOf(RELATIONS), left: EXPRESSION, right: EXPRESSION }),
  object({ op: oneOf(TEXT_TESTS), of: EXPRESSION, with: EXPRESSION }),
];

const TABLE: Form = {
  $defs: { expression: { anyOf: PARTS } },
  ...object({
    teams: mapOf(object({ weight: ANY }, { submitters: TEXTS })),
    fleets: mapOf(FLEET),
    routes: listOf(ROUTE),
    schedules: listOf(SCHEDULE),
    providers: mapOf(object({ breaker: object({ errors: ANY, openForMs: ANY }) })),
    schemas: mapOf({ type: 'object' }),
  }),
};

let check: ReturnType<Ajv2020['compile']> | undefined;

/** Where a table has another form, and which it should have; nothing where it has it. */
export function formFault(table: RoutingTable): string | undefined {
  check ??= new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(TABLE);
  if (check(table)) return undefined;
  const [first] = check.errors ?? [];
  return `${first?.instancePath ?? ''} ${first?.message ?? 'has another form'}: compile the spec again`;
}
