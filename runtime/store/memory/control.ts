import { ALWAYS_ROOM, SWITCHES_MAX, type Operation, type Reply } from '../store.ts';
import { saidOf } from '../said.ts';
import type { ShardData } from './shard-data.ts';
import { KEPT_MS, recall, remember, type Step } from './step.ts';

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

const HOLD_MAX_MS = 60_000;

/** See `Begin` in `../store.ts`. */
export function begin({ data, nowMs }: Step, { holdMs }: Of<'begin'>): Reply {
  data.m.holdUntilMs = Math.max(data.m.holdUntilMs, nowMs + Math.min(holdMs, HOLD_MAX_MS));
  // What was said to an earlier hold does not end this one.
  data.m.era += 1;
  return { kind: 'ok' };
}

/** See `End` in `../store.ts`. */
export function end({ data, batch }: Step, { schedulers }: Of<'end'>): Reply {
  const { ended, era } = data.m;
  ended.set(batch.scheduler, era);
  if (schedulers.every((scheduler) => ended.get(scheduler) === era)) data.m.holdUntilMs = 0;
  return { kind: 'ok' };
}

/** See `Policy` in `../store.ts`. */
export function policy({ data }: Step, { revision, settings, routes }: Of<'policy'>): Reply {
  data.m.revision = revision;
  data.m.settings = settings;
  data.m.policies = new Map(routes.map((route) => [route.route, route]));
  for (const route of data.m.rates.keys()) {
    if (data.m.policies.get(route)?.rate === undefined) data.m.rates.delete(route);
  }
  return { kind: 'ok' };
}

/** See `Present` in `../store.ts`. */
export function present({ data, batch }: Step, { schedulers }: Of<'present'>): Reply {
  data.m.present.set(batch.scheduler, batch.beat);
  return { kind: 'present', beats: schedulers.map((scheduler) => data.m.present.get(scheduler) ?? 0) };
}

/** See `Switch` in `../store.ts`. */
export function setSwitch(step: Step, { name, value, atMs }: Of<'switch'>): Reply {
  const { s } = step.data;
  const held = s.get(name) ?? '';
  const text = value === '' || atMs === undefined ? value : `${atMs}|${value}`;
  if (atMs !== undefined) {
    const heldMs = Math.max(saidMs(held), Number(recall(step, `x:${name}`) ?? 0));
    if (atMs < heldMs || (atMs === heldMs && held !== text)) return { kind: 'passed', atMs: heldMs };
    // Another scheduler's journal may still bring what was said before.
    if (value === '') remember(step, `x:${name}`, String(atMs), step.nowMs + KEPT_MS);
  }
  if (value === '') s.delete(name);
  else if (held !== '' || ALWAYS_ROOM.has(name) || s.size < SWITCHES_MAX) s.set(name, text);
  else return { kind: 'full' };
  return { kind: 'ok' };
}

/** When what a switch holds was said; 0 where that was not written down. */
function saidMs(held: string): number {
  return Number(/^(\d+)\|/.exec(held)?.[1] ?? 0);
}

/** As they were said. */
export function switchesOf({ s }: ShardData): ReadonlyMap<string, string> {
  return new Map([...s].map(([name, held]) => [name, saidOf(held)]));
}
