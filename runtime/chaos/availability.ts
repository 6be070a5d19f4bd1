import { setTimeout as pause } from 'node:timers/promises';
import { CallFailed, httpCaller, problemCode, type HttpAnswer, type HttpCaller } from '../load/http-caller.ts';
import { percentiles, type Percentiles } from '../load/percentiles.ts';
import { CHAOS_FLEETS, taskOf } from './chaos-table.ts';
import { readinessBalancer, type Balancer } from './readiness-balancer.ts';
import { startSystem, type ChaosSystem } from './system.ts';

export interface AvailabilityOptions {
  readonly command: string;
  readonly restarts: number;
  readonly perSecond: number;
  /** It goes on until there were as many, also when the restarts are over. */
  readonly requestsMin: number;
  readonly replicas: number;
  /** `term` as in a rollout; `kill` shows that the measure can fail. */
  readonly signal: 'term' | 'kill';
  readonly store?: string;
  readonly onRestart?: (restarts: number, requests: number) => void;
}

/** What callers saw who never try again. */
export interface AvailabilityReport {
  readonly restarts: number;
  readonly requests: number;
  readonly failed: Readonly<Record<string, number>>;
  /** By 429, and what else a submission is refused with: what the caller is told to do differently is no failure of ours. */
  readonly refused: number;
  readonly seconds: number;
  readonly timesMs: Percentiles;
  /** Replicas that did not end with 0 when they were asked to. */
  readonly badEnds: readonly string[];
}

/** Longer than a probe takes to notice, so that nobody is sent to one that stops to listen. */
const LAME_DUCK_MS = 2000;
const LEASE_MS = 5000;
const CALL_MS = 10_000;
/** One request in so many reads a task that was accepted; the others submit one. */
const READ_EVERY = 5;
/** So many of the last accepted ones are read. */
const IDS_KEPT = 1000;

/** Restarts replicas one after the other while requests come at their own pace, each sent once. */
export async function measureAvailability(options: AvailabilityOptions): Promise<AvailabilityReport> {
  const { replicas, restarts, requestsMin } = options;
  const badEnds: string[] = [];
  const system = await startSystem({
    command: options.command,
    schedulers: replicas,
    agents: 1,
    leaseMs: LEASE_MS,
    lameDuckMs: LAME_DUCK_MS,
    ...(options.store !== undefined && { store: options.store }),
    onReport: () => undefined,
    onUnasked: (says) => badEnds.push(says),
  });
  const stop = new AbortController();
  const probes = httpCaller('');
  try {
    const balancer = readinessBalancer(system.schedulers, probes, stop.signal);
    while (!system.schedulers.every((_, index) => balancer.isReady(index))) await pause(20);
    const seen: Seen = { requests: 0, refused: 0, failed: new Map(), timesMs: [] };
    const begun = performance.now();
    const load = sendAtPace(options, system.caller, balancer, seen, stop.signal);
    for (let done = 0; done < restarts; done += 1) {
      await restart(system, balancer, done % replicas, options.signal, badEnds);
      options.onRestart?.(done + 1, seen.requests);
    }
    while (seen.requests < requestsMin) await pause(100);
    stop.abort();
    await load;
    return {
      restarts,
      requests: seen.requests,
      failed: Object.fromEntries(seen.failed),
      refused: seen.refused,
      seconds: (performance.now() - begun) / 1000,
      timesMs: percentiles(seen.timesMs),
      badEnds,
    };
  } finally {
    stop.abort();
    probes.close();
    await system.close();
  }
}

async function restart(
  { schedulers }: ChaosSystem,
  balancer: Balancer,
  index: number,
  signal: AvailabilityOptions['signal'],
  badEnds: string[],
): Promise<void> {
  const scheduler = schedulers[index];
  if (scheduler === undefined) throw new RangeError(`there is no replica ${index}`);
  if (signal === 'kill') await scheduler.kill();
  else {
    const code = await scheduler.stop();
    if (code !== 0) badEnds.push(`${scheduler.name} ended with ${code}:\n${scheduler.child().tail().join('\n')}`);
  }
  while (balancer.isReady(index)) await pause(20);
  await scheduler.start();
  while (!balancer.isReady(index)) await pause(20);
}

interface Seen {
  requests: number;
  refused: number;
  readonly failed: Map<string, number>;
  readonly timesMs: number[];
}

/** One request at each intended moment, whatever became of those before it. */
async function sendAtPace(
  { perSecond }: AvailabilityOptions,
  caller: HttpCaller,
  balancer: Balancer,
  seen: Seen,
  stop: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const ids = acceptedIds();
  const open: Promise<void>[] = [];
  for (let n = 0; !stop.aborted; n += 1) {
    const intended = begun + (n * 1000) / perSecond;
    const leftMs = intended - performance.now();
    if (leftMs > 0) await pause(leftMs);
    open.push(send(n, intended));
  }
  await Promise.all(open);

  async function send(n: number, intended: number): Promise<void> {
    seen.requests += 1;
    const url = balancer.next();
    const said = url === undefined ? 'nobody is ready' : await one(url, n);
    seen.timesMs.push(performance.now() - intended);
    if (said === 'refused') seen.refused += 1;
    else if (said !== 'answered') seen.failed.set(said, (seen.failed.get(said) ?? 0) + 1);
  }

  async function one(url: string, n: number): Promise<string> {
    const id = n % READ_EVERY === 0 ? ids.pick(n / READ_EVERY) : undefined;
    const task = taskOf(CHAOS_FLEETS[n % CHAOS_FLEETS.length] ?? CHAOS_FLEETS[0]);
    try {
      const answer = await (id === undefined
        ? caller.call({
            method: 'POST',
            url: `${url}/v1/tasks`,
            body: { task, input: { n } },
            key: `rolling-${n}`,
            timeoutMs: CALL_MS,
          })
        : caller.call({ method: 'GET', url: `${url}/v1/tasks/${id}`, timeoutMs: CALL_MS }));
      const said = outcomeOf(answer, id === undefined ? 'submit' : 'read');
      if (id === undefined && said === 'answered') ids.note((answer.body as { readonly id: string }).id);
      return said;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return error.code;
    }
  }
}

/**
 * What an answer means for who asked: `answered`, `refused`, or the code of the failure. A task that was accepted is there for
 * whoever asks any replica: that it is not is a failure, whatever the status.
 */
export function outcomeOf(answer: HttpAnswer, asked: 'submit' | 'read'): string {
  const { status } = answer;
  if (status < 400) return 'answered';
  return status === 429 || (status < 500 && asked === 'submit') ? 'refused' : problemCode(answer);
}

interface AcceptedIds {
  note(id: string): void;
  /** In turn the newest, which only the replica that took it may know yet, and any of the last. */
  pick(turn: number): string | undefined;
}

function acceptedIds(): AcceptedIds {
  const ids: string[] = [];
  return {
    note: (id) => {
      ids.push(id);
      if (ids.length > IDS_KEPT) ids.shift();
    },
    pick: (turn) => (turn % 2 === 0 ? ids.at(-1) : ids[turn % ids.length]),
  };
}
