import { join } from 'node:path';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { workloadsOf } from '../api/authenticators.ts';
import type { Authenticator } from '../api/identity.ts';
import { DEFAULT_LIMITS, type ApiLimits } from '../api/limits.ts';
import { startApi, type RunningApi } from '../api/start-api.ts';
import { openJournal } from '../journal/file-journal.ts';
import type { Journal } from '../journal/journal.ts';
import { pause, type Clock } from '../loops/clock.ts';
import { httpCall } from '../loops/push-call.ts';
import { DEFAULT_BOUNDS } from '../loops/new-engine.ts';
import { startScheduler, type RunningScheduler } from '../loops/scheduler.ts';
import { keepTable, readEarlierTables } from '../loops/earlier-tables.ts';
import { readTable, watchTable } from '../loops/table-source.ts';
import { MirrorRefused } from '../mirror/mirror.ts';
import type { Config } from '../ops/config/fields.ts';
import { schedulerNames } from '../ops/config/scheduler-names.ts';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../ops/telemetry.ts';
import { authenticatorsOf } from './authenticators-of.ts';
import { openMirror, type RunningMirror } from './mirror-of.ts';
import { limitsWithin, openFilesMax } from './open-files.ts';
import { refused, refusedBy, type Refused } from './refused.ts';
import { storeOf } from './store-of.ts';

export interface ServeOptions {
  readonly config: Config;
  /** Of the build that runs. */
  readonly version: string;
  /** Asks it to end: it goes on for `lameDuckMs`, answers what is under way, and lets go of everything. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** Where its log goes. */
  readonly to?: TelemetryOptions['to'];
  /** It takes calls. */
  readonly onListening: (urls: { readonly api: string; readonly ops: string }) => void;
  /** The journal's disk has failed: nothing more may be promised, and the process must end at once. */
  readonly onFatal: (error: Error) => void;
}

export type ServeEnd = { readonly kind: 'ended' } | Refused;

/** Bytes of the journal that are kept for the ends of tasks when it is full. */
const RESERVE_BYTES = 8 * 1024 * 1024;
const TABLE_EVERY_MS = 2000;
/** Beside the journal: what it speaks of was decided by these tables. */
const EARLIER_FOLDER = 'tables';

/** Of the time that it has to end, what is left when no answer of an agent is waited for any more. */
const LAST_MS = 8000;

/** A scheduler, from its configuration to its end. Everything that was opened is closed in the opposite order. */
export async function serve(options: ServeOptions): Promise<ServeEnd> {
  const { config, clock } = options;
  const read = await readTable(config.routing.dir, config.environment);
  if (read.kind === 'refused') {
    return refused(read.reason, 'compile the spec, or say with NOVA_TORCH_ROUTING_DIR where its routing table is');
  }
  const inForce: InForce = { table: read.table };
  const authenticators = waysToProve(config, inForce);
  if ('kind' in authenticators) return authenticators;
  const running = await open(options, inForce, authenticators);
  if (!('api' in running)) return running;
  const { telemetry } = running;
  const urls = { api: running.api.url, ops: running.api.opsUrl };
  telemetry.log.info(
    { action: 'listening', url: urls.api },
    `listening on ${urls.api}, health and metrics on ${urls.ops}`,
  );
  options.onListening(urls);
  await stopped(options.stop);
  telemetry.log.info({ action: 'stopping' }, 'asked to end');
  running.leave();
  await pause(clock, config.scheduler.lameDuckMs);
  await quiet(running.api, clock, config.scheduler.lameDuckMs);
  await running.close();
  return { kind: 'ended' };
}

interface Running {
  readonly api: RunningApi;
  readonly telemetry: Telemetry;
  /** From now on it says that it is not ready, and calls no more agents. */
  leave(): void;
  close(): Promise<void>;
}

/** The routing table that decides now; another one may come while the scheduler runs. */
interface InForce {
  table: RoutingTable;
  /** The log, as soon as there is one. */
  log?: Telemetry['log'];
}

function waysToProve(config: Config, inForce: InForce): readonly Authenticator[] | Refused {
  try {
    const ways = authenticatorsOf(
      config,
      workloadsOf(() => inForce.table),
      (url, err) =>
        inForce.log?.warn({ url, err }, 'the keys of an issuer cannot be had: its tokens are answered with 503'),
    );
    if (ways.length > 0) return ways;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refused(
      `tokens of this cluster cannot be checked: ${error.message}`,
      'NOVA_TORCH_AUTH_CLUSTER is for a scheduler that has a token of its own cluster',
    );
  }
  return refused(
    'nobody could call it: no way to prove who calls is configured',
    'set NOVA_TORCH_AUTH_MESH, an issuer of tokens, or for your own machine use --dev',
  );
}

async function open(
  options: ServeOptions,
  inForce: InForce,
  authenticators: readonly Authenticator[],
): Promise<Running | ServeEnd> {
  const { config, version, clock, onFatal } = options;
  const opened: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.reverse().splice(0)) await close();
  };
  // Timers of the loops keep no process alive, also not while what has failed to start is closed.
  const alive = setInterval(() => undefined, 60_000);
  opened.push(() => clearInterval(alive));
  const { table } = inForce;
  let leaving = false;
  let cutMs: number | undefined;
  let scheduler: RunningScheduler | undefined;
  let folder = `the audit log lies in ${config.audit.dir}: see NOVA_TORCH_AUDIT_DIR`;
  let journal: Journal | undefined;
  let mirror: RunningMirror | undefined;
  try {
    const telemetry = await startTelemetry({
      config,
      table,
      version,
      ...(options.to !== undefined && { to: options.to }),
      gauges: () => ({
        leader: scheduler?.leads() ?? false,
        journalBytes: journal?.stats.bytes ?? 0,
        mirror: {
          unmirrored: mirror?.sender.unmirrored ?? false,
          lagBytes: mirror?.sender.lagBytes() ?? 0,
        },
        fleets: scheduler?.gauges() ?? [],
      }),
    });
    inForce.log = telemetry.log;
    opened.push(() => telemetry.close());
    if (config.journal.mirror === 'peer') {
      const journalNeeds = (): number => config.journal.bytesMax - (journal?.stats.bytes ?? 0);
      const opening = await openMirror({ config, clock, telemetry, stop: options.stop, journalNeeds });
      if (opening === 'stopped') {
        await closeAll();
        return { kind: 'ended' };
      }
      mirror = opening;
      opened.push(() => opening.close());
    }
    folder = `the journal lies in ${config.journal.dir}: see NOVA_TORCH_JOURNAL_DIR`;
    journal = await openJournal({
      directory: config.journal.dir,
      segmentBytes: config.journal.segmentBytes,
      bytesMax: config.journal.bytesMax,
      reserveBytes: Math.min(RESERVE_BYTES, config.journal.bytesMax / 4),
      keepMs: config.journal.keepMs,
      nowMs: () => clock.nowMs(),
      onFatal,
      onSync: (seconds) => telemetry.observer.synced?.(seconds),
      onFull: (isFull) => sayFull(telemetry, isFull),
      ...(mirror !== undefined && { copy: mirror.sender }),
    });
    await mirrorAgrees(mirror, journal);
    const earlier = join(config.journal.dir, EARLIER_FOLDER);
    const keep = (next: RoutingTable): void => {
      // Without it a key may name a new task after a restart; nothing that was accepted is lost.
      keepTable(earlier, next).catch((err: unknown) =>
        telemetry.log.warn({ err }, 'the table in force cannot be kept'),
      );
    };
    const earlierTables = await readEarlierTables(earlier, table);
    keep(table);
    const store = storeOf(config.store, clock);
    opened.push(() => store.close());
    const started = await startScheduler({
      name: config.scheduler.id,
      schedulers: schedulerNames(config.scheduler),
      table,
      earlierTables,
      store,
      journal,
      clock,
      bounds: {
        admission: { ...DEFAULT_BOUNDS.admission, journalBytesMax: config.journal.bytesMax },
      },
      observer: telemetry.observer,
      beginTrace: telemetry.beginTrace,
      push: httpCall,
      canaryEveryMs: config.scheduler.canarySeconds * 1000,
    });
    scheduler = started;
    opened.push(() => started.close(cutMs === undefined ? undefined : Math.max(0, cutMs - clock.monotonicMs())));
    const limits = limitsWithin(openFilesMax());
    if (limits.connections < DEFAULT_LIMITS.connections) tellFewFiles(telemetry.log, limits);
    const api = await startApi({
      scheduler: {
        ...started,
        status: () => {
          const status = started.status();
          return { ...status, ready: status.ready && !leaving, draining: status.draining || leaving };
        },
      },
      table: () => inForce.table,
      authenticators,
      audit: telemetry.audit,
      limits,
      version,
      nowMs: () => clock.nowMs(),
      leaving: () => leaving,
      onUnasked: telemetry.unasked,
      onFault: (err, requestId) => telemetry.log.error({ err, requestId }, 'a request failed for a reason of ours'),
      metrics: () => telemetry.metrics.render(),
      contentType: telemetry.metrics.contentType,
      host: config.http.host,
      port: config.http.port,
      opsHost: config.ops.host,
      opsPort: config.ops.port,
    });
    opened.push(() => api.close());
    const unwatch = watchTable({
      path: config.routing.dir,
      environment: config.environment,
      clock,
      everyMs: TABLE_EVERY_MS,
      first: table.digest,
      onTable: (next) => {
        started.use(next);
        keep(next);
        telemetry.use(next);
        inForce.table = next;
      },
      onRefused: (reason) => started.refuseTable(reason),
    });
    opened.push(unwatch);
    const leave = (): void => {
      leaving = true;
      started.leave();
    };
    const close = (): Promise<void> => {
      const { shutdownMs } = config.scheduler;
      cutMs = clock.monotonicMs() + shutdownMs - Math.min(LAST_MS, shutdownMs / 2);
      return closeAll();
    };
    return { api, telemetry, leave, close };
  } catch (error) {
    await closeAll();
    return refusedBy(error, config, folder);
  }
}

function sayFull({ log }: Telemetry, isFull: boolean): void {
  const action = 'journal-full';
  if (isFull)
    log.error({ action }, 'the disk of the journal is full: submissions are refused, ends use what is in reserve');
  else log.info({ action }, 'the disk of the journal has room again');
}

function tellFewFiles(log: Telemetry['log'], { connections }: ApiLimits): void {
  log.warn(
    { action: 'few-files' },
    `this process may have few files open: the API takes ${connections} connections, and not ` +
      `${DEFAULT_LIMITS.connections}; raise the limit (\`ulimit -n\`) where more are needed`,
  );
}

/** A journal that has lost what its mirror still has must not be gone on with: that would be the end of what it lost. */
async function mirrorAgrees(mirror: RunningMirror | undefined, journal: Journal): Promise<void> {
  const first = await mirror?.sender.first;
  if (first?.kind !== 'unmirrored' || !first.ahead) return;
  await journal.close();
  throw new MirrorRefused('place', `the journal has lost records: ${first.reason}`);
}

const QUIET_MS = 500;
const QUIET_LOOK_MS = 25;

/** Who is still called has not been taken out everywhere yet: waits until nobody calls, but not for ever. */
async function quiet(api: RunningApi, clock: Clock, atMostMs: number): Promise<void> {
  const until = clock.monotonicMs() + atMostMs;
  while (api.quietMs() < QUIET_MS && clock.monotonicMs() < until) await pause(clock, QUIET_LOOK_MS);
}

function stopped(signal: AbortSignal): Promise<void> {
  return signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
