import type { DestinationStream, Logger } from 'pino';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { AuditEvent, AuditSink } from '../core/audit-sink.ts';
import type { Observer } from '../core/observer.ts';
import { openAuditLog, type AuditLog } from './audit/audit-log.ts';
import { gathered } from './audit/gathered.ts';
import { sparing } from './audit/sparing.ts';
import type { Config } from './config/fields.ts';
import type { Gauges } from './gauges.ts';
import { auditTrail, type AuditTrail } from './log/audit-trail.ts';
import { logOptions } from './log/crash-log.ts';
import { logObserver } from './log/log-observer.ts';
import { logger } from './log/logger.ts';
import { knownMasker, masker, type Mask } from './log/mask.ts';
import { standardOutput } from './log/standard-output.ts';
import { metricsObserver, type MetricsObserver } from './metrics-observer.ts';
import { tellAll } from './tell-all.ts';
import { EXPORT_MS, otlpTracing } from './trace/otlp-tracing.ts';
import { traceObserver, type TraceObserver } from './trace/trace-observer.ts';

export interface TelemetryOptions {
  readonly config: Config;
  readonly table: RoutingTable;
  /** Of the build that runs. */
  readonly version: string;
  readonly gauges: () => Gauges;
  /** Instead of standard output. */
  readonly to?: DestinationStream;
  /** Instead of the collector. */
  readonly spans?: SpanProcessor;
}

/** Everything through which a scheduler speaks of itself, from its configuration. */
export interface Telemetry {
  readonly log: Logger;
  /** For the loops. */
  readonly observer: Observer;
  /** For `GET /metrics`. */
  readonly metrics: Pick<MetricsObserver, 'contentType' | 'render'>;
  /** For the loops as well: begins the span of a submission. What it returns is the task's `traceparent`. */
  readonly beginTrace: TraceObserver['begin'];
  readonly audit: AuditSink;
  /** Counts a submission that never came to the loops. */
  readonly unasked: (outcome: 'shed' | 'error') => void;
  /** Another routing table is in force. */
  use(table: RoutingTable): void;
  /** Sends, signs and writes what is left. */
  close(): Promise<void>;
}

export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { config, table, version, gauges, spans } = options;
  const logging = logOptions(config, version, options.to ?? standardOutput());
  const { service, environment } = logging;
  const log = logger(logging);
  const tracing = await otlpTracing({
    ...{ service, version, environment },
    endpoint: config.traces.endpoint,
    instance: config.scheduler.id,
    share: config.traces.share,
    exportMs: Math.min(EXPORT_MS, Math.max(EXPORT_LEAST_MS, config.scheduler.shutdownMs / 4)),
    onCollector: (error) => sayCollector(log, error),
    ...(spans !== undefined && { processor: spans }),
  });
  const metrics = metricsObserver({ table, version, gauges, node: true });
  const traces = traceObserver(tracing.tracer, { mask: knownMasker(logging.secrets) });
  const trail = auditTrail(logging);
  const audit = await openAudit(config, { mask: masker(logging.secrets), trail, log, observer: metrics.observer });
  const record = (event: AuditEvent): void => {
    audit.record(event);
    trail.record(event);
  };
  const events = gathered({ record }, AUDIT_GATHER_MS);
  const spared = sparing(events);
  return {
    log,
    // Without a collector nothing is traced, and four events of each task need not be made spans of nothing.
    observer: tellAll(
      [metrics.observer, ...(tracing.isOn ? [traces.observer] : []), logObserver(log), auditObserver(events)],
      (event, err) => log.error({ err, action: event }, 'an observer failed'),
    ),
    metrics,
    beginTrace: traces.begin,
    audit: countingRefusals(spared, metrics.observer),
    unasked: (outcome) => metrics.observer.submitted?.({ ...UNASKED, outcome }),
    use: metrics.use,
    close: async () => {
      spared.close();
      events.close();
      traces.close();
      await Promise.all([tracing.close(), audit.close()]);
      await new Promise<void>((resolve) => log.flush(() => resolve()));
    },
  };
}

/** A collector that hangs must not use up the time that there is to end. */
const EXPORT_LEAST_MS = 250;

function sayCollector(log: Logger, err: Error | undefined): void {
  const action = 'spans';
  if (err === undefined) log.info({ action }, 'the collector takes spans again');
  else log.warn({ action, err }, 'the collector does not take spans: they are lost until it does');
}

/** What nobody asked for, and somebody must be able to prove. */
function auditObserver(sink: AuditSink): Observer {
  const event = { actor: 'scheduler', action: 'task:submit', outcome: 'failed', requestId: '' } as const;
  return {
    keyConflict: ({ id }) => sink.record({ ...event, at: Date.now(), target: id, reason: 'idempotency-conflict' }),
  };
}

/** Who may not submit never comes to the loops: the audit log alone hears of it. */
function countingRefusals(sink: AuditSink, { submitted }: Observer): AuditSink {
  return {
    record: (event) => {
      if (event.action === 'task:submit' && REFUSALS.has(event.reason ?? ''))
        submitted?.({ ...UNASKED, outcome: 'unauthorized' });
      sink.record(event);
    },
  };
}

const REFUSALS: ReadonlySet<string> = new Set(['unauthorized', 'forbidden']);
/** Nobody has looked where it would go. */
const UNASKED = { fleet: '', route: '', task: '', tenant: '', seconds: 0 } as const;

/** How long an event of the audit log may wait for others. */
const AUDIT_GATHER_MS = 20;

interface AuditEars {
  readonly mask: Mask;
  readonly trail: AuditTrail;
  readonly log: Logger;
  readonly observer: Observer;
}

function openAudit({ audit }: Config, { mask, trail, log, observer }: AuditEars): Promise<AuditLog> {
  const { macKey, signingKey, ...settings } = audit;
  let isFull = false;
  return openAuditLog({
    ...settings,
    mask,
    ...(macKey !== undefined && { macKey: macKey.reveal() }),
    ...(signingKey !== undefined && { signingKey: signingKey.reveal() }),
    onCheckpoint: trail.checkpoint,
    onRetired: (records) => {
      observer.auditRetired?.(records);
      if (isFull) return;
      isFull = true;
      const bytes = audit.bytesMax;
      log.warn(
        { action: 'audit-retired', records, bytes },
        'the audit log is full: its oldest records go, now and from now on',
      );
    },
    onProblem: (err) => log.error({ err }, 'the audit log cannot be written; trying again'),
  });
}
