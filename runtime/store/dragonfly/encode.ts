import { priorityNumber } from '../../core/fairness.ts';
import type { RoutePolicy, ShardSettings } from '../../core/route-policy.ts';
import type { NewTask } from '../../core/task-record.ts';
import { STATES, encodeMeta } from '../row.ts';
import { encodeStanding } from '../standing.ts';
import { shardName, type Batch, type Operation, type Shard } from '../store.ts';

/** What the script reads: its keys and its arguments, in the order its header says. */

const KEY_LETTERS = ['q', 'd', 'w', 'i', 'j', 't', 'z', 'x', 'u', 'o', 'b', 'r', 'e', 's', 'm', 'a', 'l'] as const;
export const KEY_COUNT = KEY_LETTERS.length;

/** All keys of a shard; the part in braces puts them into one slot and one lock. */
export function keysOf(shard: Shard): readonly string[] {
  return KEY_LETTERS.map((letter) => `{n:${shardName(shard)}}:${letter}`);
}

/** `nowUs` only where a test or the simulation is the clock. */
export function encodeBatch(batch: Batch, nowUs?: number): string[] {
  const { scheduler, prevLsn, lsn, number, after, tokenFloor, beat, operations } = batch;
  const args = [
    nowUs === undefined ? '' : String(nowUs),
    scheduler,
    String(prevLsn),
    String(lsn),
    String(number),
    String(after),
    String(tokenFloor),
    String(beat),
    '',
  ];
  const countAt = args.length - 1;
  let count = 0;
  let alike: Claim[] = [];
  const pushAlike = (): void => {
    const [first] = alike;
    if (first === undefined) return;
    pushClaims(args, first, alike);
    alike = [];
    count += 1;
  };
  for (const operation of operations) {
    if (operation.op === 'claim') {
      if (alike[0] !== undefined && !asksAlike(operation, alike[0])) pushAlike();
      alike.push(operation);
    } else {
      pushAlike();
      push(args, operation);
      count += 1;
    }
  }
  pushAlike();
  args[countAt] = String(count);
  return args;
}

type Claim = Extract<Operation, { op: 'claim' }>;

function asksAlike(one: Claim, other: Claim): boolean {
  if (one.count !== other.count || one.looks !== other.looks) return false;
  return (
    one.lanes === other.lanes ||
    (one.lanes.length === other.lanes.length && one.lanes.every((lane, index) => lane === other.lanes[index]))
  );
}

/** Claims that follow one another and ask for the same are one operation of the script. */
function pushClaims(args: string[], { count, looks, lanes }: Claim, claims: readonly Claim[]): void {
  args.push('C', String(count), String(looks), String(lanes.length), String(claims.length));
  for (const lane of lanes) args.push(String(lane));
  for (const { agent } of claims) args.push(agent);
}

function push(args: string[], operation: Exclude<Operation, Claim>): void {
  switch (operation.op) {
    case 'submit':
      pushSubmit(args, operation);
      return;
    case 'complete':
      args.push('A', operation.id, String(operation.token), operation.result);
      return;
    case 'fail': {
      const { id, token, then, delayMs, reason, result, attemptMax = '' } = operation;
      args.push('N', id, String(token), then, String(delayMs), reason, result, String(attemptMax));
      return;
    }
    case 'heartbeat':
      args.push('H', operation.id, String(operation.token));
      return;
    case 'cancel':
      args.push('K', operation.id, operation.reason);
      return;
    case 'remove':
      args.push('M', operation.id, operation.reason);
      return;
    case 'relane':
      args.push('L', operation.id, String(operation.lane));
      return;
    case 'redrive':
      args.push('V', operation.id);
      return;
    case 'tick':
      args.push('X', String(operation.limit));
      return;
    case 'finish': {
      const { id, state, token, digest, reason, result } = operation;
      args.push('R', id, STATES[state], String(token), digest, reason, result);
      return;
    }
    case 'restore':
      args.push('U', operation.id, encodeStanding(operation.standing));
      return;
    case 'begin':
      args.push('G', String(operation.holdMs));
      return;
    case 'end':
      args.push('Y', String(operation.schedulers.length), ...operation.schedulers);
      return;
    case 'policy': {
      const { revision, settings, routes } = operation;
      args.push('P', revision, encodeSettings(settings), String(routes.length));
      for (const route of routes) args.push(String(route.route), encodePolicy(route));
      return;
    }
    case 'switch':
      args.push('W', operation.name, operation.value, String(operation.atMs ?? ''));
      return;
    case 'get':
      args.push('g', operation.id);
      return;
    case 'list': {
      const { of, lane = 0, offset, limit } = operation;
      args.push('l', of, String(lane), String(offset), String(limit));
      return;
    }
    case 'inspect':
      args.push('i', operation.id ?? '', String(operation.lanes.length), ...operation.lanes.map(String));
      return;
    case 'claimed':
      args.push('c', String(operation.number));
      return;
    case 'present':
      args.push('p', String(operation.schedulers.length), ...operation.schedulers);
      return;
    case 'roster': {
      const { notes, after } = operation;
      args.push('a', String(after), String(notes.length));
      for (const { agent, note } of notes) args.push(agent, note);
    }
  }
}

function pushSubmit(args: string[], { task, over }: Extract<Operation, { op: 'submit' }>): void {
  const isReplay = task.acceptedMs !== undefined;
  args.push(isReplay ? 'B' : 'S', task.id, encodeMeta(task), task.digest, encodeExtra(task), task.body);
  if (isReplay) args.push(over === true ? '1' : '');
}

/** What most submissions do not say. */
function encodeExtra({ delayMs, acceptedMs, attempts = 0, crashes = 0, dedupe }: NewTask): string {
  if (delayMs === 0 && acceptedMs === undefined && attempts === 0 && crashes === 0 && dedupe === undefined) return '';
  return `${delayMs}|${acceptedMs ?? ''}|${attempts}|${crashes}|${dedupe?.key ?? ''}|${dedupe?.windowMs ?? 0}`;
}

export function encodeSettings(settings: ShardSettings): string {
  const { finishedMs, finishedMax, resultBytesMax, deadMax, crashMax, crashWindowMs } = settings;
  return [finishedMs, finishedMax, resultBytesMax, deadMax, crashMax, crashWindowMs].join('|');
}

export function encodePolicy({ inFlight, rate, perKey, depth, aging, affinity }: RoutePolicy): string {
  return [
    inFlight,
    rate?.count,
    rate?.perMs,
    perKey?.max,
    perKey?.onFull,
    depth.max,
    depth.onFull,
    aging?.everyMs,
    aging && priorityNumber(aging.max),
    affinity?.mode,
    affinity?.holdMs,
    affinity?.spillAfterMs,
  ]
    .map((part) => part ?? '')
    .join('|');
}
