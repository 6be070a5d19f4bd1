import { REDACTED } from '../config/secret.ts';

export type EcsFields = Readonly<Record<string, string | number | boolean>>;

/**
 * What a line may say besides its message, by the name in the code and the name in ECS. Everything else is dropped: a body, a
 * result or a header never reaches the log because nobody has named it.
 */
const NAMES: Readonly<Record<string, string>> = {
  env: 'nova.env',
  fleet: 'nova.fleet',
  route: 'nova.route',
  taskId: 'nova.task_id',
  agent: 'nova.agent',
  attempt: 'nova.attempt',
  specHash: 'nova.spec_hash',
  outcome: 'nova.outcome',
  reason: 'nova.reason',
  because: 'nova.reason',
  shard: 'nova.shard',
  records: 'nova.records',
  seconds: 'nova.seconds',
  bytes: 'nova.bytes',
  count: 'nova.count',
  dependency: 'nova.dependency',
  state: 'nova.state',
  task: 'nova.task',
  schedule: 'nova.schedule',
  open: 'nova.open',
  dueAt: 'nova.due_at',
  digest: 'nova.digest',
  port: 'server.port',
  address: 'server.address',
  signal: 'process.signal',
  requestId: 'http.request.id',
  method: 'http.request.method',
  status: 'http.response.status_code',
  path: 'url.path',
  url: 'url.full',
  actor: 'user.name',
  from: 'source.address',
  action: 'event.action',
  target: 'nova.target',
  dataset: 'event.dataset',
  service: 'service.name',
  version: 'service.version',
  reqId: 'http.request.id',
  traceId: 'trace.id',
  spanId: 'span.id',
  place: 'log.origin.place',
  checkpoint: 'nova.checkpoint',
};

/** Ids are text of others: they are written when they look like ids, and never otherwise. */
const IDS = new Set([
  'fleet',
  'route',
  'taskId',
  'agent',
  'requestId',
  'reqId',
  'shard',
  'dependency',
  'task',
  'schedule',
  'open',
  'digest',
  'env',
]);
const ID = /^[\w./:@#~-]{0,200}$/;
const TEXT_MAX = 1024;

/** Fields of a line, flat, with the names of ECS. */
export function ecsFields(given: Readonly<Record<string, unknown>>): EcsFields {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === 'err' || value instanceof Error) Object.assign(fields, errorFields(value));
    const as = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (as === undefined) continue;
    if (typeof value === 'string') fields[as] = textOf(name, value);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) fields[as] = value;
    else if (typeof value === 'object' && value !== null) fields[as] = REDACTED;
  }
  return fields;
}

function textOf(name: string, value: string): string {
  if (IDS.has(name) && !ID.test(value)) return '[not an id]';
  // A query may hold anything.
  return oneLine(name === 'path' || name === 'url' ? (value.split('?', 1)[0] ?? '') : value);
}

/** Frames only: the first line of a stack repeats the message, and a message may hold anything. */
function errorFields(error: unknown): EcsFields {
  if (!(error instanceof Error)) return { 'error.message': oneLine(String(error)) };
  const code = (error as NodeJS.ErrnoException).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    'error.type': oneLine(error.name),
    'error.message': oneLine(error.message),
    'error.stack_trace': frames.slice(0, 20).join('\n'),
    ...(typeof code === 'string' && { 'error.code': oneLine(code) }),
  };
}

/** One line, of a bounded length: nobody writes a line of the log but us. */
export function oneLine(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
