import type { Operation, Reply } from '../store.ts';
import type { Step } from './step.ts';

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

const HOLD_MAX_MS = 60_000;
const SWITCHES_MAX = 1000;

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
export function setSwitch({ data }: Step, { name, value }: Of<'switch'>): Reply {
  if (value === '') data.s.delete(name);
  else if (data.s.has(name) || data.s.size < SWITCHES_MAX) data.s.set(name, value);
  return { kind: 'ok' };
}
