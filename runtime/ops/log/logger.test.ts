import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import type { Observer } from '../../core/observer.ts';
import { tellAll } from '../tell-all.ts';
import { logObserver } from './log-observer.ts';
import { logger, type LogOptions } from './logger.ts';
import { masker } from './mask.ts';

const CANARY = 'canary-7f3a/with"quotes&more';

function logged(write: (log: ReturnType<typeof logger>) => void, options: Partial<LogOptions> = {}): readonly string[] {
  const lines: string[] = [];
  const log = logger({
    level: 'debug',
    service: 'nova-torch-scheduler',
    version: '1.2.3',
    environment: 'prod',
    secrets: [CANARY],
    to: { write: (line) => void lines.push(line) },
    nowMs: () => Date.UTC(2026, 0, 15),
    ...options,
  });
  write(log);
  return lines;
}

function parsed(lines: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

test('a line has the names of ECS', () => {
  const [line] = parsed(
    logged((log) => log.info({ taskId: 't-1', fleet: 'a/b', outcome: 'done', attempt: 2 }, 'task ended')),
  );
  expect(line).toEqual({
    '@timestamp': '2026-01-15T00:00:00.000Z',
    'log.level': 'info',
    message: 'task ended',
    'service.name': 'nova-torch-scheduler',
    'service.version': '1.2.3',
    'event.dataset': 'nova.scheduler',
    'nova.env': 'prod',
    'nova.task_id': 't-1',
    'nova.fleet': 'a/b',
    'nova.outcome': 'done',
    'nova.attempt': 2,
  });
});

test('a secret reaches the log on no path', async () => {
  const error = Object.assign(new Error(`refused: ${CANARY}`, { cause: new Error(CANARY) }), { code: CANARY });
  const trap = { taskId: CANARY, fleet: CANARY, reason: CANARY, outcome: { deep: CANARY }, input: CANARY, [CANARY]: 1 };
  const lines = logged((log) => {
    log.info(CANARY);
    log.info(`key %s`, CANARY);
    log.warn(trap, `said ${CANARY}`);
    log.error(error);
    log.error({ err: error }, 'failed');
    log.error({ err: CANARY }, 'failed');
    log.child(trap).info('child');
    log.child({ reason: CANARY }, { msgPrefix: CANARY }).child(trap).debug(trap, 'grandchild');
    log.info({ reason: Buffer.from(CANARY).toString('base64') }, encodeURIComponent(CANARY));
    log.info({ path: `/v1/tasks?token=${encodeURIComponent(CANARY)}` }, 'request');
  });
  expect(lines).toHaveLength(10);
  const text = lines.join('');
  for (const part of ['canary-7f3a', encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64').slice(0, 20)]) {
    expect(text).not.toContain(part);
  }
  for (const line of parsed(lines)) expect(Object.keys(line)).toContain('@timestamp');
});

test('the framework of the API logs requests with it, and no header or body comes out', async () => {
  const lines: string[] = [];
  const log = logger({
    level: 'debug',
    service: 's',
    version: '1',
    environment: 'dev',
    secrets: [],
    to: { write: (line) => void lines.push(line) },
  });
  const app = fastify({ loggerInstance: log });
  app.post('/v1/tasks', (request) => {
    request.log.info({ req: request, body: request.body, headers: request.headers }, 'seen');
    throw new Error('broken inside');
  });
  await app.inject({
    method: 'POST',
    url: '/v1/tasks?secret=canary-query',
    headers: { authorization: 'Bearer canary-header', cookie: 'sid=canary-cookie' },
    payload: { input: 'canary-body' },
  });
  await app.close();
  expect(lines.length).toBeGreaterThanOrEqual(3);
  expect(lines.join('')).not.toMatch(/canary-(query|header|body)/);
  const failed = parsed(lines).find((line) => line['error.message'] === 'broken inside');
  expect(failed?.['http.request.id']).toMatch(/^req-/);
  expect(failed?.['error.stack_trace']).toContain('logger.test.ts');
});

test('every event of the scheduler is told without a payload or a secret, whatever its texts hold', () => {
  const of = { fleet: CANARY, route: CANARY, id: CANARY, task: CANARY, agent: CANARY, tenant: CANARY };
  const lines = logged((log) => {
    const told = logObserver(log);
    told.submitted?.({ ...of, outcome: 'accepted', seconds: 1, traceparent: CANARY });
    told.assigned?.({ ...of, attempt: 1, priority: 'normal', assignmentSeconds: 1, waitSeconds: 1 });
    told.settled?.({ ...of, outcome: 'stale', runSeconds: 1 });
    told.settled?.({ ...of, outcome: 'failed', runSeconds: 1 });
    told.retried?.({ ...of, reason: 'error' });
    told.finished?.({ ...of, outcome: 'dead_lettered', reason: CANARY });
    told.finished?.({ ...of, outcome: 'succeeded' });
    told.breaker?.(CANARY, 'half_open');
    told.breaker?.('store', 'closed');
    told.breaker?.('store', 'open', `connect ECONNREFUSED ${CANARY}`);
    told.table?.({ kind: 'refused', reason: CANARY });
    told.table?.({ kind: 'loaded', digest: CANARY, environment: CANARY });
    told.recovery?.({ kind: 'begun', shard: CANARY, records: 1 });
    told.recovery?.({ kind: 'done', shard: CANARY, records: 1 });
    told.canary?.('ok', 'done');
    told.canary?.('failed', 'assign');
    told.warning?.(CANARY, { reason: CANARY, [CANARY]: CANARY });
  });
  expect(parsed(lines).map((line) => `${String(line['log.level'])} ${String(line['message'])}`)).toEqual([
    'debug submission answered',
    'debug task assigned',
    'info an agent answered for a run it no longer holds',
    'debug run ended',
    'debug run will be repeated',
    'warn task became a dead letter',
    'debug task ended',
    'warn breaker is half open',
    'info breaker is closed',
    'warn breaker is open',
    'error routing table refused; the one before stays in force',
    'info routing table in force',
    'debug the store has forgotten; replaying the journal',
    'info the store knows everything again',
    'warn the canary task did not come through in time',
    'warn [redacted]',
  ]);
  expect(lines.join('')).not.toContain('canary-7f3a');
});

test('nobody writes a second line, or obeys a terminal: breaks and controls of all kinds', () => {
  const evil = 'a\r\n{"log.level":"info"}\u0000\u001b[2J\u2028b\u202ec\u0085d';
  const lines = logged((log) => log.info({ reason: evil, taskId: evil }, evil));
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(line.trimEnd().split(/[\r\n\u2028\u2029\u0085]/)).toHaveLength(1);
  expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(parsed(lines)[0]).toMatchObject({
    'nova.task_id': '[not an id]',
    message: 'a {"log.level":"info"} [2J b\u202ec d',
  });
});

test('long texts are cut, objects are not written, numbers that are none are left out', () => {
  const [line] = parsed(logged((log) => log.info({ reason: 'x'.repeat(5000), outcome: {}, attempt: Number.NaN }, '')));
  expect(String(line?.['nova.reason'])).toHaveLength(1025);
  expect(line?.['nova.outcome']).toBe('[redacted]');
  expect(line).not.toHaveProperty('nova.attempt');
});

test.for([
  ['Authorization: Bearer abcdef.ghijkl', 'Authorization: [redacted] [redacted]'],
  ['a Bearer abcdef.ghijkl', 'a Bearer [redacted]'],
  ['a basic abcdef.ghijkl', 'a basic [redacted]'],
  ['at redis://user:pa55word@store:6379', 'at redis://user:[redacted]@store:6379'],
  ['got eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', 'got [redacted]'],
  ['vault hvs.CAESIAbcdefghijklmnop', 'vault [redacted]'],
  ['aws AKIAIOSFODNN7EXAMPLE', 'aws [redacted]'],
  ['aws ASIAIOSFODNN7EXAMPLE', 'aws [redacted]'],
  ['git ghp_abcdefghijklmnop1234', 'git [redacted]'],
  ['git github_pat_abcdefghijklmnop1234', 'git [redacted]'],
  ['llm sk-proj-abcdefghijklmnop', 'llm [redacted]'],
  ['password=hunter2 next', 'password=[redacted] next'],
  ['PASSWD: hunter2 next', 'PASSWD: [redacted] next'],
  ['secret=hunter2 token=hunter2', 'secret=[redacted] token=[redacted]'],
  ['api-key=hunter2 apikey=hunter2', 'api-key=[redacted] apikey=[redacted]'],
  ['cookie: hunter2', 'cookie: [redacted]'],
  ['client_secret=hunter2 accessToken: hunter2', 'client_secret=[redacted] accessToken: [redacted]'],
  ['AWS_SECRET_ACCESS_KEY=hunter2', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  [String.raw`no JSON: {\"password\":\"hunter2\",\"a\":1}`, String.raw`no JSON: {\"password\":\"[redacted]\",\"a\":1}`],
  ["password='hunter2' next", "password='[redacted]' next"],
  ['-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY----- after', '[redacted] after'],
  ['a task called token-counter of fleet a/b:0', 'a task called token-counter of fleet a/b:0'],
] as const)('%s is shown as it may be', ([text, shown]) => {
  expect(masker([])(text)).toBe(shown);
});

test('a secret of a few characters does not black out the log', () => {
  expect(masker(['a'])('a task')).toBe('a task');
});

test('a listener that throws is named, and the others hear all the same', () => {
  const failures: string[] = [];
  const heard: string[] = [];
  const deaf: Observer = { synced: () => heard.push('never'), canary: () => heard.push('canary') };
  const broken: Observer = {
    canary: () => {
      throw new Error('broken');
    },
  };
  const all = tellAll([broken, deaf], (event, error) => failures.push(`${event}: ${String(error)}`));
  all.canary?.('ok', 'done');
  all.synced?.(1);
  all.recovery?.({ kind: 'done', shard: 's', records: 0 });
  expect([failures, heard]).toEqual([['canary: Error: broken'], ['canary', 'never']]);
});

test('it writes to standard output when nobody says where, and can be flushed', () => {
  const log = logger({ level: 'error', service: 's', version: '1', environment: 'dev', secrets: [] });
  log.info('below its level');
  expect(() => log.flush()).not.toThrow();
});
