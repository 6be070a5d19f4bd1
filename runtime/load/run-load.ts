import { setTimeout as pause } from 'node:timers/promises';
import type { SubmitRequest, SubmitResponse } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import { CallFailed, problemCode, type HttpCaller } from './http-caller.ts';
import { intendedMoments } from './pace.ts';
import { percentiles, type Percentiles } from './percentiles.ts';
import { fullAfterSeconds, type LoadProfile } from './profiles.ts';
import { sampleAgent } from './sample-agent.ts';
import { Seen } from './seen.ts';

export interface LoadOptions {
  readonly caller: HttpCaller;
  readonly url: string;
  readonly profile: LoadProfile;
  /** What is submitted, again and again. */
  readonly order: SubmitRequest;
  /** Agents that run here and take what is submitted. */
  readonly agents?: { readonly fleet: string; readonly build: string; readonly count: number; readonly slots: number };
  readonly stop: AbortSignal;
  /** Part of every key, so that no run meets the tasks of another. */
  readonly run: string;
  readonly onSecond?: (second: number, sent: number, answered: number) => void;
}

export interface LoadReport {
  readonly sent: number;
  /** Answered 2xx. */
  readonly answered: number;
  /** Answered 429: told to come back later. */
  readonly refused: number;
  /** By code of the problem or of the connection; with the refusals. */
  readonly errors: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly seconds: number;
  /** Answers 2xx a second once all users were there; of the whole run where it ends before. */
  readonly servedPerSecond: number;
  /** How many were meant to be sent a second in that time: what was served is held against it. */
  readonly meantPerSecond: number;
  readonly submitMs: Percentiles;
  /** From the moment a task was meant to be submitted until an agent here had it. */
  readonly assignMs?: Percentiles;
}

const CALL_MS = 10_000;
/** More are not sent but counted as failed: what measures must not fall with what it measures. */
const UNDER_WAY_MAX = 10_000;
const SECOND_MS = 1000;
/** How often it looks whether it was stopped. */
const STOP_LOOK_MS = 100;

/** Sends what the profile asks for, when it asks for it. Ends with the profile, or when it is stopped. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { profile, stop, onSecond } = options;
  const seen = new Seen(options.agents !== undefined);
  const ended = new AbortController();
  const agents = startAgents(options, seen, ended.signal);
  const begun = performance.now();
  const fullFromMs = fullAfterSeconds(profile) * SECOND_MS;
  const open = new Set<Promise<void>>();
  const report = setInterval(
    () => onSecond?.(Math.round((performance.now() - begun) / SECOND_MS), seen.sent, seen.answered),
    SECOND_MS,
  );
  let endMs = profile.seconds * SECOND_MS;
  for (const moment of intendedMoments(profile)) {
    const intended = begun + moment;
    // The clock goes on between two looks at it, and Node warns of a pause below nothing.
    for (let left = intended - performance.now(); left > 0 && !stop.aborted; left = intended - performance.now())
      await pause(Math.min(STOP_LOOK_MS, left));
    if (stop.aborted) endMs = Math.min(endMs, performance.now() - begun);
    if (moment >= endMs) break;
    const isFull = moment >= fullFromMs;
    seen.meant += 1;
    if (isFull) seen.meantFull += 1;
    // What it was late for when it was stopped was meant to be sent.
    if (stop.aborted) continue;
    seen.sent += 1;
    if (open.size >= UNDER_WAY_MAX) {
      seen.fail('too many under way');
      continue;
    }
    const sending = send(options, seen, intended, isFull);
    open.add(sending);
    void sending.finally(() => open.delete(sending));
  }
  const toldMs = performance.now() - begun;
  await Promise.all(open);
  clearInterval(report);
  await lastAssignments(seen, agents.length > 0);
  ended.abort();
  await Promise.all(agents);
  return {
    sent: seen.sent,
    answered: seen.answered,
    refused: seen.refused,
    errors: Object.fromEntries([...seen.errors].sort(([a], [b]) => (a < b ? -1 : 1))),
    failed: seen.sent - seen.answered - seen.refused,
    seconds: toldMs / SECOND_MS,
    ...rates(seen, { fullFromMs, endMs, toldMs }),
    submitMs: percentiles(seen.submitMs),
    ...(agents.length > 0 && { assignMs: percentiles(seen.assignMs) }),
  };
}

/**
 * Both of the same time: from when all users are there, unless the run hardly goes on after that. Who sends later than it
 * should takes longer for as much, and has served less.
 */
function rates(
  { answered, answeredFull, meant, meantFull }: Seen,
  { fullFromMs, endMs, toldMs }: { readonly fullFromMs: number; readonly endMs: number; readonly toldMs: number },
): Pick<LoadReport, 'servedPerSecond' | 'meantPerSecond'> {
  const isFull = endMs > fullFromMs + SECOND_MS;
  const fromMs = isFull ? fullFromMs : 0;
  const perSecond = (count: number, untilMs: number): number => (count * SECOND_MS) / Math.max(1, untilMs - fromMs);
  return {
    servedPerSecond: perSecond(isFull ? answeredFull : answered, Math.max(endMs, toldMs)),
    meantPerSecond: perSecond(isFull ? meantFull : meant, endMs),
  };
}

async function send(
  { caller, url, order, run }: LoadOptions,
  seen: Seen,
  intended: number,
  isFull: boolean,
): Promise<void> {
  const request = { method: 'POST', url: `${url}/v1/tasks`, key: `${run}-${seen.sent}`, timeoutMs: CALL_MS } as const;
  try {
    const answer = await caller.call({ ...request, body: order as unknown as Json });
    seen.submitMs.push(performance.now() - intended);
    if (answer.status < 300) {
      seen.answered += 1;
      if (isFull) seen.answeredFull += 1;
      seen.accepted((answer.body as unknown as SubmitResponse).id, intended);
      return;
    }
    if (answer.status === 429) seen.refused += 1;
    seen.fail(problemCode(answer));
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    seen.submitMs.push(performance.now() - intended);
    seen.fail(error.code);
  }
}

function startAgents(
  { agents, caller, url, run }: LoadOptions,
  seen: Seen,
  stop: AbortSignal,
): readonly Promise<void>[] {
  if (agents === undefined) return [];
  const { fleet, build, count, slots } = agents;
  return Array.from({ length: count }, (_, index) =>
    sampleAgent({
      ...{ caller, urls: [url], fleet, build, slots, stop },
      name: `${run}-${index}`,
      tell: (event) => {
        if (event.kind === 'assigned' && event.task.attempt === 1) seen.assigned(event.task.id);
      },
    }),
  );
}

const LAST_MS = 5000;

/** What was accepted at the very end is still to be handed out. */
async function lastAssignments(seen: Seen, hasAgents: boolean): Promise<void> {
  const until = performance.now() + LAST_MS;
  while (hasAgents && seen.submitted.size > 0 && performance.now() < until) await pause(50);
}
