import { PRIORITIES } from '../../spec/contract/task.ts';
import { BEAT_TASKS_MAX, FREE_MAX, TASK_STATES } from '../../spec/contract/protocol.ts';

/** JSON Schemas of what goes over the wire; held to `spec/contract/protocol.ts` by a test. Everything is closed. */
export type Schema = Readonly<Record<string, unknown>>;

export function object(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  const names = Object.keys(required);
  return {
    type: 'object',
    properties: { ...required, ...optional },
    ...(names.length > 0 && { required: names }),
    additionalProperties: false,
  };
}

export function list(items: Schema, maxItems?: number): Schema {
  return { type: 'array', items, ...(maxItems !== undefined && { maxItems }) };
}

export function text(maxLength: number, pattern?: string): Schema {
  return { type: 'string', minLength: 1, maxLength, ...(pattern !== undefined && { pattern }) };
}

function whole(minimum: number, maximum: number): Schema {
  return { type: 'integer', minimum, maximum };
}

const TIME: Schema = { type: 'string', format: 'date-time' };
const BOOLEAN: Schema = { type: 'boolean' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const DAY_MS = 86_400_000;
const STRING: Schema = { type: 'string' };
const ANY_OBJECT: Schema = { type: 'object', additionalProperties: true };

export const TASK_ID = text(64, '^[A-Za-z0-9_.-]+$');
/** Of a team, and of a fleet in it. */
export const NAME = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const FLEET_ID = {
  ...text(130, `${NAME.slice(0, -1)}/${NAME.slice(1)}`),
  description: '`team/fleet`, both in small letters, digits and hyphens',
};
const TASK_TYPE = text(128);
/** Whatever an image has as its tag. */
const BUILD = text(128, '^[A-Za-z0-9_][A-Za-z0-9._-]*$');
export const AGENT_NAME = text(63, '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$');
const TOKEN = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const LABELS: Schema = {
  type: 'object',
  maxProperties: 64,
  propertyNames: { maxLength: 63 },
  additionalProperties: { type: 'string', maxLength: 256 },
};

const FREE_SLOTS = { build: BUILD, slots: whole(1, 1000), free: whole(0, FREE_MAX) };

const REASON = { ...text(200), description: 'why, for people; kept as it is, on one line' };

export const bodies = {
  SubmitRequest: object({ task: TASK_TYPE }, { input: ANY_OBJECT, labels: LABELS, delayMs: whole(0, 30 * DAY_MS) }),
  CancelRequest: object({}, { reason: REASON }),
  RegisterRequest: object({ name: AGENT_NAME, slots: whole(1, 1000) }, { build: BUILD, fleet: FLEET_ID }),
  PollRequest: object({ ...FREE_SLOTS, waitMs: whole(0, 60_000) }),
  HeartbeatRequest: object({ tasks: list(object({ id: TASK_ID, token: TOKEN }), BEAT_TASKS_MAX) }),
  CompleteRequest: object({ agent: AGENT_NAME, token: TOKEN }, { result: {}, next: object(FREE_SLOTS) }),
  FailRequest: object(
    { agent: AGENT_NAME, token: TOKEN, error: text(64, '^[A-Za-z][A-Za-z0-9_.-]*$') },
    { message: { type: 'string', maxLength: 16_384 }, final: BOOLEAN, retryAfterMs: whole(0, DAY_MS) },
  ),
  ReleaseRequest: object({ agent: AGENT_NAME, token: TOKEN }),
  PauseRequest: object({}, { reason: REASON }),
  DrainRequest: object({}, { build: BUILD }),
  RedriveRequest: object({}, { ids: list(TASK_ID, 100), limit: whole(1, 100) }),
} as const satisfies Record<string, Schema>;

const TASK_VIEW = object(
  {
    id: TASK_ID,
    task: STRING,
    state: { enum: TASK_STATES },
    fleet: STRING,
    build: STRING,
    route: STRING,
    priority: { enum: PRIORITIES },
    attempts: COUNT,
    crashes: COUNT,
    acceptedAt: TIME,
    since: TIME,
  },
  {
    dueAt: TIME,
    agent: STRING,
    cancelAsked: BOOLEAN,
    reason: STRING,
    conflictAt: TIME,
    tenant: STRING,
    labels: LABELS,
    input: ANY_OBJECT,
    result: {},
  },
);

const ASSIGNMENT = object(
  {
    id: TASK_ID,
    token: TOKEN,
    task: STRING,
    tenant: STRING,
    labels: LABELS,
    input: ANY_OBJECT,
    attempt: { type: 'integer', minimum: 1 },
    priority: { enum: PRIORITIES },
    heartbeatMs: COUNT,
    leasedUntil: TIME,
    dueAt: TIME,
  },
  { traceparent: STRING },
);

const POLL_RESPONSE = object({ tasks: list(ASSIGNMENT), drain: BOOLEAN });

const FLEET_VIEW = object(
  {
    fleet: STRING,
    team: STRING,
    paused: BOOLEAN,
    builds: list(
      object(
        {
          build: STRING,
          weight: { type: 'number', minimum: 0, maximum: 1 },
          draining: BOOLEAN,
          breaker: { enum: ['closed', 'open', 'half_open'] },
        },
        { breakerSince: TIME, breakerUntil: TIME, breakerAt: list(STRING) },
      ),
    ),
    agents: COUNT,
    slots: object({ busy: COUNT, free: COUNT }),
    waiting: COUNT,
    running: COUNT,
    dead: COUNT,
  },
  { pausedSince: TIME, pausedReason: STRING },
);

const AGENT_VIEW = object({
  agent: STRING,
  fleet: STRING,
  build: STRING,
  slots: COUNT,
  free: COUNT,
  draining: BOOLEAN,
  seenAt: TIME,
});

export const answers = {
  SubmitResponse: object(
    { id: TASK_ID, status: { enum: ['accepted', 'journaled'] } },
    { duplicate: { enum: ['joined', 'repeated'] }, fleet: STRING, route: STRING },
  ),
  TaskView: TASK_VIEW,
  TaskPage: object({ tasks: list(TASK_VIEW) }, { next: STRING }),
  TaskEvent: object(
    { seq: COUNT, at: TIME, state: { enum: TASK_STATES }, attempts: COUNT },
    { agent: STRING, reason: STRING },
  ),
  WhyResponse: object(
    {
      id: TASK_ID,
      state: { enum: TASK_STATES },
      says: STRING,
      holds: list(object({ rule: STRING, says: STRING, change: STRING }, { since: TIME, until: TIME })),
    },
    { nearest: STRING },
  ),
  ChangeResponse: object({ task: TASK_VIEW, asked: BOOLEAN }),
  RegisterResponse: object({ agent: STRING, fleet: STRING, build: STRING, pollMs: COUNT, drainMs: COUNT }),
  PollResponse: POLL_RESPONSE,
  HeartbeatResponse: object({
    tasks: list(object({ id: STRING, lease: { enum: ['held', 'gone'] }, cancel: BOOLEAN }, { until: TIME })),
    drain: BOOLEAN,
  }),
  SettleResponse: object({ id: TASK_ID, state: { enum: TASK_STATES }, repeated: BOOLEAN }, { next: POLL_RESPONSE }),
  FleetView: FLEET_VIEW,
  FleetList: object({ fleets: list(FLEET_VIEW) }),
  AgentList: object({ agents: list(AGENT_VIEW) }),
  RedriveResponse: object({ redriven: list(TASK_ID), left: list(object({ id: TASK_ID, detail: STRING })) }),
  Status: object(
    {
      ready: BOOLEAN,
      draining: BOOLEAN,
      store: { enum: ['up', 'down', 'recovering'] },
      environment: STRING,
      table: { ...STRING, description: 'digest of the routing table' },
      tableVersion: { ...COUNT, description: 'version of its form: `schema` of the table' },
      loadedAt: TIME,
    },
    { refusedTable: STRING },
  ),
  Done: object({ done: BOOLEAN }),
  Problem: object(
    { type: STRING, title: STRING, status: { type: 'integer' } },
    { detail: STRING, instance: STRING, errors: list(object({ pointer: STRING, detail: STRING })) },
  ),
} as const satisfies Record<string, Schema>;
