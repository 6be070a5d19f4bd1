import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, expect, test } from 'vitest';
import { routingTable, tableFleet, tableRoute } from '../../spec/contract/testing/table.ts';
import { readAnchors } from './audit/checkpoint.ts';
import { readAuditFolder } from './audit/read-audit-folder.ts';
import { verifyAudit } from './audit/verify-audit.ts';
import { readConfig, type Environment } from './config/read-config.ts';
import { startTelemetry, type Telemetry } from './telemetry.ts';

const root = mkdtempSync(join(tmpdir(), 'nova-torch-telemetry-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const OF = { fleet: 'engineering/triage', route: 'engineering/triage' };
const TABLE = routingTable({ [OF.fleet]: tableFleet(['triage']) }, [
  tableRoute(OF.route, ['triage'], { to: [{ fleet: OF.fleet, weight: 1 }] }),
]);

interface Speaking {
  readonly telemetry: Telemetry;
  readonly lines: readonly string[];
  readonly spans: InMemorySpanExporter;
}

async function speaking(name: string, env: Environment = {}): Promise<Speaking> {
  const read = readConfig(undefined, { NOVA_TORCH_AUDIT_DIR: join(root, name), ...env });
  if (read.kind === 'invalid') throw new Error(read.problems[0]?.message);
  const lines: string[] = [];
  const spans = new InMemorySpanExporter();
  const telemetry = await startTelemetry({
    config: read.config,
    table: TABLE,
    version: '1.2.3',
    gauges: () => ({ fleets: [], leader: true, journalBytes: 1, mirror: { unmirrored: false, lagBytes: 0 } }),
    to: { write: (line) => void lines.push(line) },
    spans: new SimpleSpanProcessor(spans),
  });
  return { telemetry, lines, spans };
}

function runTask({ telemetry: { observer, beginTrace } }: Speaking, text = 't-1'): void {
  const traceparent = beginTrace(undefined) ?? '';
  observer.submitted?.({ ...OF, outcome: 'accepted', id: text, task: 'triage', tenant: text, seconds: 0, traceparent });
  observer.assigned?.({
    ...OF,
    id: text,
    task: 'triage',
    agent: text,
    attempt: 2,
    priority: 'high',
    assignmentSeconds: 0.2,
    waitSeconds: 1,
    traceparent,
  });
  observer.settled?.({ ...OF, id: text, agent: text, outcome: 'succeeded', runSeconds: 1 });
  observer.finished?.({ ...OF, id: text, outcome: 'succeeded', reason: text });
}

const AUDITED = {
  at: 1,
  actor: 'someone',
  action: 'fleet:pause',
  target: OF.fleet,
  outcome: 'done',
  requestId: 'r-1',
} as const;

test('one event reaches metrics, traces and the log, and the exemplar names the trace that was begun', async () => {
  const spoken = await speaking('one', { NOVA_TORCH_LOG_LEVEL: 'debug' });
  runTask(spoken);
  const text = await spoken.telemetry.metrics.render();
  const trace = spoken.spans.getFinishedSpans()[0]?.spanContext().traceId;
  expect(text).toContain(`# {trace_id="${trace}"}`);
  expect(text).toContain(`nova_tasks_finished_total{fleet="${OF.fleet}",route="${OF.route}",outcome="succeeded"} 1`);
  expect(spoken.spans.getFinishedSpans().map(({ name }) => name.split(' ')[0])).toEqual(['send', 'settle', 'process']);
  const messages = spoken.lines.map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages).toEqual(['submission answered', 'task assigned', 'run ended', 'task ended']);
  spoken.telemetry.use({ ...TABLE, digest: 'sha256-2' });
  expect(await spoken.telemetry.metrics.render()).toContain('spec_hash="sha256-2"');
  await spoken.telemetry.close();
});

test('what is audited stands in the folder and, whatever the level, on standard output, where it becomes an anchor', async () => {
  const spoken = await speaking('audited', { NOVA_TORCH_LOG_LEVEL: 'error' });
  spoken.telemetry.audit.record(AUDITED);
  await spoken.telemetry.close();
  const [event, checkpoint] = spoken.lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(event).toMatchObject({
    'event.dataset': 'nova.audit',
    'event.action': 'fleet:pause',
    'user.name': 'someone',
    'nova.target': OF.fleet,
    'nova.outcome': 'done',
    'http.request.id': 'r-1',
  });
  expect(checkpoint?.['message']).toBe('audit checkpoint');
  const { files, macKey } = readAuditFolder(join(root, 'audited'));
  const anchors = readAnchors(spoken.lines.join(''));
  expect(verifyAudit(files, { macKey, anchors })).toMatchObject({ provenThrough: 2, signed: 2, findings: [] });
});

test('an input that gives way to another one under its key is in the log and in the audit log', async () => {
  const { telemetry, lines } = await speaking('conflict');
  telemetry.observer.keyConflict?.({ fleet: OF.fleet, id: 't-1', digest: 'triage/d' });
  await telemetry.close();
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(said.some(({ message }) => String(message).startsWith('an input that was accepted while'))).toBe(true);
  expect(lines.find((line) => line.includes('idempotency-conflict'))).toContain('task:submit');
});

test('submissions of those who may not submit are counted, and nothing else that is refused', async () => {
  const spoken = await speaking('refused');
  const { audit, metrics } = spoken.telemetry;
  const refused = { ...AUDITED, outcome: 'refused', reason: 'unauthorized' } as const;
  audit.record({ ...refused, action: 'task:submit' });
  audit.record({ ...refused, action: 'task:submit', reason: 'forbidden' });
  audit.record({ ...refused, action: 'task:submit', reason: 'no-route' });
  audit.record(refused);
  expect(await metrics.render()).toContain('nova_tasks_submitted_total{fleet="",route="",outcome="unauthorized"} 2\n');
  await spoken.telemetry.close();
  expect(spoken.lines.filter((line) => line.includes('"nova.outcome":"refused"'))).toHaveLength(4);
});

test('submissions that never came to the loops are counted as what became of them', async () => {
  const { telemetry } = await speaking('unasked');
  telemetry.unasked('shed');
  telemetry.unasked('error');
  telemetry.unasked('error');
  const text = await telemetry.metrics.render();
  expect(text).toContain('nova_tasks_submitted_total{fleet="",route="",outcome="shed"} 1\n');
  expect(text).toContain('nova_tasks_submitted_total{fleet="",route="",outcome="error"} 2\n');
  await telemetry.close();
});

test('a flood of refusals of nobody in particular writes two lines, and each is counted', async () => {
  const spoken = await speaking('flood');
  const { audit, metrics } = spoken.telemetry;
  const refused = {
    ...AUDITED,
    actor: 'anonymous',
    outcome: 'refused',
    reason: 'unauthorized',
    from: '10.0.0.1',
    gather: '10.0.0.1',
  } as const;
  for (let n = 0; n < 3000; n += 1) audit.record({ ...refused, action: 'task:submit', requestId: `r-${n}` });
  audit.record(AUDITED);
  await spoken.telemetry.close();
  expect(await metrics.render()).toContain(
    'nova_tasks_submitted_total{fleet="",route="",outcome="unauthorized"} 3000\n',
  );
  const { files, macKey } = readAuditFolder(join(root, 'flood'));
  expect(verifyAudit(files, { macKey, anchors: [] }).findings).toEqual([]);
  const text = readFileSync(join(root, 'flood', 'audit-000001.jsonl'), 'utf8');
  const written = text.split('\n').filter((line) => line.includes('"kind":"event"'));
  const events = written.map((line) => JSON.parse(line) as { requestId: string; count?: number; from?: string });
  expect(events.map(({ requestId, from, count }) => [requestId, from, count])).toEqual([
    ['r-0', '10.0.0.1', undefined],
    ['r-1', undefined, undefined],
    ['r-2999', '10.0.0.1', 2999],
  ]);
  expect(spoken.lines.filter((line) => line.includes('"nova.count":2999'))).toHaveLength(1);
});

test('no line says a name twice: stores of documents refuse such a line', async () => {
  const spoken = await speaking('twice', { NOVA_TORCH_LOG_LEVEL: 'debug' });
  runTask(spoken);
  spoken.telemetry.observer.table?.({ kind: 'loaded', digest: 'sha256-1', environment: 'dev' });
  spoken.telemetry.observer.recovery?.({ kind: 'begun', shard: 's', records: 1 });
  spoken.telemetry.observer.warning?.('odd', { count: 1 });
  spoken.telemetry.audit.record(AUDITED);
  await spoken.telemetry.close();
  expect(spoken.lines.length).toBeGreaterThan(7);
  for (const line of spoken.lines) {
    const names = [...line.matchAll(/[{,]"([\w.@]+)":/g)].map(([, name]) => name);
    expect(names.length).toBe(new Set(names).size);
  }
});

test('a canary in every secret and every text of a caller comes out nowhere: log, audit log, metrics, spans', async () => {
  const canary = 'canary-0f9e8d7c6b';
  const file = join(root, 'secret');
  writeFileSync(file, `${canary}\n`);
  const secret = { NOVA_TORCH_STORE_PASSWORD_FILE: file, NOVA_TORCH_AUDIT_MAC_KEY_FILE: file };
  const spoken = await speaking('canary', {
    ...secret,
    NOVA_TORCH_AUTH_DEV_TOKEN_FILE: file,
    NOVA_TORCH_LOG_LEVEL: 'debug',
  });
  runTask(spoken, `x ${canary} y`);
  spoken.telemetry.observer.breaker?.(`fleet:${canary}`, 'open');
  spoken.telemetry.observer.retried?.({ fleet: canary, route: canary, reason: 'error' });
  spoken.telemetry.log.error({ err: new Error(canary), body: canary }, canary);
  spoken.telemetry.audit.record({ ...AUDITED, actor: `Bearer ${canary}`, target: canary, reason: canary });
  const metrics = await spoken.telemetry.metrics.render();
  const spans = JSON.stringify(
    spoken.spans
      .getFinishedSpans()
      .map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
  );
  await spoken.telemetry.close();
  const audit = readFileSync(join(root, 'canary', 'audit-000001.jsonl'), 'utf8');
  for (const text of [spoken.lines.join(''), audit, metrics, spans]) {
    expect(text.length).toBeGreaterThan(500);
    expect(text).not.toContain(canary);
  }
});

test('an observer that fails is named in the log, and a disk that does not take the audit log as well', async () => {
  const spoken = await speaking('failing');
  spoken.telemetry.observer.synced?.(Number.NaN);
  expect(spoken.lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['an observer failed']);
  rmSync(join(root, 'failing'), { recursive: true });
  spoken.telemetry.audit.record(AUDITED);
  await spoken.telemetry.close();
  expect(spoken.lines.at(-1)).toContain('the audit log cannot be written; trying again');
});

test('an audit log that is full says so once, and a metric how many of its records have gone', async () => {
  const spoken = await speaking('full', {
    NOVA_TORCH_AUDIT_FILE_BYTES_MAX: '4096',
    NOVA_TORCH_AUDIT_BYTES_MAX: '16384',
  });
  const retired = async (): Promise<number> => {
    const text = await spoken.telemetry.metrics.render();
    return Number(/^nova_audit_retired_records_total (\d+)$/m.exec(text)?.[1]);
  };
  expect(await retired()).toBe(0);
  for (let count = 0; (await retired()) < 100; count += 20) {
    expect(count).toBeLessThan(2000);
    for (let one = 0; one < 20; one += 1) spoken.telemetry.audit.record({ ...AUDITED, target: `t-${count + one}` });
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await spoken.telemetry.close();
  const told = spoken.lines.filter((line) => line.includes('"event.action":"audit-retired"'));
  expect(told.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({
      'log.level': 'warn',
      message: 'the audit log is full: its oldest records go, now and from now on',
      'nova.records': expect.any(Number),
      'nova.bytes': 16_384,
    }),
  ]);
  const { files, macKey } = readAuditFolder(join(root, 'full'));
  const { firstSeq, findings } = verifyAudit(files, { macKey, anchors: [] });
  expect([firstSeq, findings]).toEqual([1 + (await retired()), []]);
});
