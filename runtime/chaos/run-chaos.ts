import { setTimeout as pause } from 'node:timers/promises';
import type { HttpCaller } from '../load/http-caller.ts';
import { percentiles, type Percentiles } from '../load/percentiles.ts';
import { randomNumbers } from '../simulation/random.ts';
import type { AgentReport } from './agent-report.ts';
import { setDisk } from './bad-disk.ts';
import { breakThings, type FaultRecord } from './break-things.ts';
import { PUSHED_FLEET } from './chaos-table.ts';
import { possibleFaults, type Fault } from './faults.ts';
import { finalStates } from './final-states.ts';
import { openLedger, type BrokenPromise, type Ledger, type LedgerCounts } from './ledger.ts';
import { startSystem, type ChaosSystem } from './system.ts';
import { startTraffic } from './traffic.ts';

export interface ChaosOptions {
  readonly command: string;
  readonly seed: number;
  /** How long things break; healing and draining come after. */
  readonly durationMs: number;
  /** All accepted tasks must have ended so long after everything was mended. */
  readonly drainMs: number;
  readonly perSecond: number;
  readonly faults: readonly Fault[];
  readonly schedulers: number;
  readonly agents: number;
  readonly store?: string;
  /** Journals on small file systems of their own, so that a full disk is a real one; root on Linux only. */
  readonly smallDisks?: boolean;
  /** Each journal has a mirror at the next scheduler, and disks are lost. */
  readonly mirrored?: boolean;
  /** The control: disks say that they have synced, and have not. This run must break promises. */
  readonly lyingDisks?: true;
  readonly stop?: AbortSignal;
  readonly onFault?: (record: FaultRecord) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly store: string;
  readonly seconds: number;
  readonly faults: readonly FaultRecord[];
  readonly counts: LedgerCounts;
  /** How often an agent was called with a task; the others had asked for theirs. */
  readonly called: number;
  readonly redriven: number;
  /** Offers that nobody had accepted when the drain was over. */
  readonly refused: number;
  readonly submitMs: Percentiles;
  /** From the moment all was mended until the last task had ended. */
  readonly drainedMs: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly broken: readonly (BrokenPromise & { readonly history: readonly string[] })[];
  /** What else must not be: a process that ended by itself, an absurd answer, a drain that did not end. */
  readonly failures: readonly string[];
}

/** A lease is short, so that faults are longer. */
const LEASE_MS = 1500;

/** Of the fleet whose agents are called: while one is broken, the other one is. */
const CALLED_AGENTS = 2;

/** The control strikes when so many more tasks were accepted, at least so often, and waits no longer for that. */
const CONTROL_ACCEPTED = 20;
const CONTROL_FAULTS = 2;
const CONTROL_MS = 60_000;

/** Breaks a whole system for a while, mends it, and compares what it says with what everyone heard. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, drainMs, perSecond } = options;
  const faults = possibleFaults(options.faults, options.mirrored === true);
  const begun = performance.now();
  const nowMs = (): number => performance.now() - begun;
  const ledger = openLedger();
  const records: FaultRecord[] = [];
  const failures: string[] = [];
  let healed: FaultRecord[] = [];
  let called = 0;
  const heard = ({ agent, event }: AgentReport): void => {
    if (event.kind === 'assigned' && agent.startsWith(`${PUSHED_FLEET}/`)) called += 1;
    note(ledger, agent, event, nowMs());
    if (event.kind !== 'answered' || event.answer !== 'done') return;
    for (const record of healed) record.recoveredMs = nowMs() - record.toMs;
    healed = [];
  };
  const system = await startSystem({
    command: options.command,
    schedulers: options.schedulers,
    agents: options.agents,
    calledAgents: CALLED_AGENTS,
    leaseMs: LEASE_MS,
    lameDuckMs: 0,
    ...(options.store !== undefined && { store: options.store }),
    ...(options.smallDisks === true && { smallDisks: true }),
    ...(options.mirrored === true && { mirrored: true }),
    onReport: heard,
    onUnasked: (says) => failures.push(says),
  });
  try {
    if (options.lyingDisks === true) {
      for (const { disk } of system.schedulers) setDisk(disk, { lies: true });
    }
    const { caller, urls, fleets } = system;
    const end = new AbortController();
    const run = `chaos-${seed}`;
    const random = randomNumbers(seed);
    const patienceMs = drainMs;
    const traffic = startTraffic({
      caller,
      urls,
      fleets,
      ledger,
      random,
      nowMs,
      perSecond,
      stop: end.signal,
      patienceMs,
      run,
    });
    const breaking = breakThings({
      system,
      faults,
      random: randomNumbers(seed + 1),
      nowMs,
      stop: end.signal,
      ...(options.lyingDisks === true && { before: somethingToLose(ledger, end.signal) }),
      onFault: (record) => {
        records.push(record);
        healed.push(record);
        options.onFault?.(record);
      },
      onFailure: (says) => failures.push(says),
    });
    await pauseUnless(options.stop, durationMs);
    if (options.lyingDisks === true) await struckOften(records, options.stop);
    end.abort();
    await breaking;
    const mendedMs = nowMs();
    await traffic.ended;
    const drainedMs = await drained(ledger, system, { mendedMs, drainMs, nowMs, failures });
    const ids = [...new Set(ledger.accepted().values())];
    const { finals, redriven } = await finalStates({ caller, urls, ids, untilMs: mendedMs + drainMs, nowMs });
    const broken = ledger.verdict(finals).map((one) => ({ ...one, history: historyOf(one.id, ledger, records) }));
    return {
      seed,
      store: system.store.program,
      seconds: nowMs() / 1000,
      faults: records,
      counts: ledger.counts(),
      called,
      redriven,
      refused: ledger.offers() - ledger.accepted().size,
      submitMs: percentiles(traffic.acceptedMs),
      drainedMs,
      errors: Object.fromEntries([...traffic.errors].sort(([a], [b]) => (a < b ? -1 : 1))),
      broken,
      failures: [...failures, ...traffic.absurd],
    };
  } finally {
    await system.close();
  }
}

async function pauseUnless(stop: AbortSignal | undefined, ms: number): Promise<void> {
  await pause(ms, undefined, { ...(stop !== undefined && { signal: stop }) }).catch(() => undefined);
}

/** A control that strikes before anything new was accepted shows nothing, as on a machine that starts processes slowly. */
function somethingToLose(ledger: Ledger, stop: AbortSignal): () => Promise<void> {
  let before = 0;
  return async () => {
    while (!stop.aborted && ledger.accepted().size < before + CONTROL_ACCEPTED) await pauseUnless(stop, 20);
    before = ledger.accepted().size;
  };
}

async function struckOften(records: readonly FaultRecord[], stop: AbortSignal | undefined): Promise<void> {
  const latestMs = performance.now() + CONTROL_MS;
  while (records.length < CONTROL_FAULTS && performance.now() < latestMs && stop?.aborted !== true) {
    await pauseUnless(stop, 50);
  }
}

export function keptAllPromises({ broken, failures, refused }: ChaosReport): boolean {
  return broken.length === 0 && failures.length === 0 && refused === 0;
}

function note(ledger: Ledger, agent: string, event: AgentReport['event'], atMs: number): void {
  switch (event.kind) {
    case 'assigned': {
      const { id, token, attempt, input } = event.task;
      ledger.note({ atMs, kind: 'assigned', n: Number(input['n']), id, token, agent, attempt });
      break;
    }
    case 'finishing':
      ledger.note({ atMs, kind: 'finishing', id: event.id, token: event.token, agent });
      break;
    case 'answered':
      ledger.note({ atMs, kind: 'answered', id: event.id, token: event.token, agent, answer: event.answer });
      break;
  }
}

/** Waits until of each accepted task an agent has heard that it has ended, or the system says so. Gives how long it took. */
async function drained(
  ledger: Ledger,
  { caller, urls }: ChaosSystem,
  {
    mendedMs,
    drainMs,
    nowMs,
    failures,
  }: { readonly mendedMs: number; readonly drainMs: number; readonly nowMs: () => number; readonly failures: string[] },
): Promise<number> {
  const untilMs = mendedMs + drainMs;
  let left = ledger.unfinished();
  for (let before = Infinity; left.length > 0 && nowMs() < untilMs; before = left.length) {
    // An agent that was killed has told nobody of its last word: who is left over after a while is asked for.
    if (left.length === before) {
      const { finals } = await finalStates({ caller, urls, ids: left, untilMs: 0, nowMs });
      left = left.filter((id) => finals.get(id)?.state !== 'succeeded');
      if (left.length === 0) break;
    }
    await pause(250);
    left = ledger.unfinished().filter((id) => left.includes(id));
  }
  const [first] = left;
  if (first !== undefined) {
    const bound = `${drainMs / 1000} s after everything was mended`;
    const why = await Promise.all(urls.map((url) => whyItWaits(caller, url, first)));
    failures.push(`${left.length} accepted tasks had not ended ${bound}; of ${first} it is said: ${why.join(' / ')}`);
  }
  return nowMs() - mendedMs;
}

async function whyItWaits(caller: HttpCaller, url: string, id: string): Promise<string> {
  try {
    return JSON.stringify(
      (await caller.call({ method: 'GET', url: `${url}/v1/tasks/${id}/why`, timeoutMs: 3000 })).body,
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What happened to a task, and what was broken meanwhile. */
function historyOf(id: string, ledger: Ledger, records: readonly FaultRecord[]): readonly string[] {
  const told = ledger.history(id);
  const first = Number.parseFloat(told[0] ?? '0') * 1000;
  const broke = records
    .filter(({ toMs }) => toMs >= first)
    .map(({ kind, index, fromMs, toMs }) => {
      const lasted = `${(toMs / 1000).toFixed(3)} s`;
      return `${(fromMs / 1000).toFixed(3)} s  ${kind} ${index}, until ${lasted}`;
    });
  return [...told, ...broke].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
}
