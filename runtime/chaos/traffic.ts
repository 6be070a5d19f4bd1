import { setTimeout as pause } from 'node:timers/promises';
import type { SubmitResponse } from '../../spec/contract/protocol.ts';
import { CallFailed, problemCode, type HttpCaller } from '../load/http-caller.ts';
import type { RandomNumbers } from '../simulation/random.ts';
import { taskOf } from './chaos-table.ts';
import type { Ledger } from './ledger.ts';

/**
 * Submits tasks at the pace that was asked for, whatever becomes of them, and offers each again under its idempotency key
 * until somebody has accepted it: what a submitter must do who wants it done once.
 */
export interface Traffic {
  /** Resolves when the last offer was accepted, or given up `patienceMs` after the end. */
  readonly ended: Promise<void>;
  /** From the intended time of each offer until it was accepted. */
  readonly acceptedMs: readonly number[];
  /** What came instead of an acceptance, by the code of the problem or of the connection. */
  readonly errors: ReadonlyMap<string, number>;
  /** Answers no caller should ever get. */
  readonly absurd: readonly string[];
}

export interface TrafficOptions {
  readonly caller: HttpCaller;
  readonly urls: readonly string[];
  readonly fleets: readonly string[];
  readonly ledger: Ledger;
  readonly random: RandomNumbers;
  readonly nowMs: () => number;
  readonly perSecond: number;
  readonly stop: AbortSignal;
  readonly patienceMs: number;
  /** Part of every key. */
  readonly run: string;
}

const CALL_MS = 3000;
/** A run ends by time; this is only so that no mistake makes it endless. */
const OFFERS_MAX = 10_000_000;

export function startTraffic(options: TrafficOptions): Traffic {
  const { nowMs, perSecond, stop, ledger, patienceMs } = options;
  const acceptedMs: number[] = [];
  const errors = new Map<string, number>();
  const absurd: string[] = [];
  const offers: Promise<void>[] = [];
  const begunMs = nowMs();
  let giveUpMs = Infinity;
  const offer = async (n: number, intendedMs: number): Promise<void> => {
    const request = orderOf(n, options);
    ledger.note({ atMs: nowMs(), kind: 'offered', n });
    for (let attempt = 0; nowMs() < giveUpMs; attempt += 1) {
      const said = await ask(options, n, attempt, request);
      if (typeof said !== 'string') {
        ledger.note({ atMs: nowMs(), kind: 'accepted', n, ...said });
        acceptedMs.push(nowMs() - intendedMs);
        return;
      }
      errors.set(said, (errors.get(said) ?? 0) + 1);
      if (ABSURD.test(said)) absurd.push(`offer ${n} was answered ${said}`);
      await pause(Math.min(500, 20 * 2 ** attempt) * (0.5 + Math.random()));
    }
  };
  const ended = (async () => {
    for (let n = 0; !stop.aborted && offers.length < OFFERS_MAX; n += 1) {
      const intendedMs = begunMs + (n * 1000) / perSecond;
      const leftMs = intendedMs - nowMs();
      if (leftMs > 0) await pause(leftMs);
      offers.push(offer(n, intendedMs));
    }
    giveUpMs = nowMs() + patienceMs;
    await Promise.all(offers);
  })();
  return { ended, acceptedMs, errors, absurd };
}

/** Neither the state of the system nor a fault may lead to these. */
const ABSURD =
  /^(?:4\d\d|bad-request|invalid-.*|no-route|no-fleet|unauthorized|forbidden|not-found|key-conflict|duplicate|too-large|internal|500)$/;

interface Order {
  readonly task: string;
  readonly input: { readonly n: number; readonly runMs: number; readonly failures: number };
  readonly delayMs?: number;
}

/**
 * Most are short; some fail at first, some take longer than a beat, some are for later. So few fail that no breaker opens, which
 * would be right, and would look like a drain that takes for ever.
 */
function orderOf(n: number, { random, fleets }: TrafficOptions): Order {
  const runMs = random.chance(0.05) ? random.whole(500, 1500) : random.whole(1, 40);
  const failures = random.chance(0.03) ? 1 : 0;
  const delayed = random.chance(0.1) ? { delayMs: random.whole(50, 2000) } : {};
  return { task: taskOf(random.pick(fleets)), input: { n, runMs, failures }, ...delayed };
}

/** What was accepted and how, or why it was not. */
async function ask(
  { caller, urls, run, random }: TrafficOptions,
  n: number,
  attempt: number,
  { task, input, delayMs }: Order,
): Promise<{ readonly id: string; readonly how: string } | string> {
  const url = urls[(n + attempt) % urls.length] ?? random.pick(urls);
  const body = { task, input, ...(delayMs !== undefined && { delayMs }) };
  try {
    const answer = await caller.call({
      method: 'POST',
      url: `${url}/v1/tasks`,
      body,
      key: `${run}-${n}`,
      timeoutMs: CALL_MS,
    });
    if (answer.status >= 300) return problemCode(answer);
    const { id, status, duplicate } = answer.body as unknown as SubmitResponse;
    return { id, how: duplicate ?? status };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return error.code;
  }
}
