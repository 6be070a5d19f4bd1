import type { LoadProfile } from './profiles.ts';
import type { LoadReport } from './run-load.ts';

/** One bound of a profile, and whether it held. */
export interface BoundCheck {
  readonly bound: 'mean' | 'p95' | 'errors' | 'served' | 'handed';
  readonly limit: number;
  readonly measured: number;
  readonly unit: 'ms' | 'share' | 'per second' | 'tasks';
  readonly held: boolean;
}

/** A run in which nothing was sent has held nothing, and one whose agents had no task has not measured them. */
export function checkBounds({ bounds }: LoadProfile, report: LoadReport): readonly BoundCheck[] {
  const { sent, failed, submitMs, assignMs, servedPerSecond, meantPerSecond } = report;
  const errors = sent === 0 ? 1 : failed / sent;
  const served = meantPerSecond * bounds.served;
  const { meanMs, p95Ms } = submitMs;
  return [
    { bound: 'mean', limit: bounds.meanMs, measured: meanMs, unit: 'ms', held: sent > 0 && meanMs <= bounds.meanMs },
    { bound: 'p95', limit: bounds.p95Ms, measured: p95Ms, unit: 'ms', held: sent > 0 && p95Ms <= bounds.p95Ms },
    { bound: 'errors', limit: bounds.errors, measured: errors, unit: 'share', held: errors <= bounds.errors },
    {
      bound: 'served',
      limit: served,
      measured: servedPerSecond,
      unit: 'per second',
      held: sent > 0 && servedPerSecond >= served,
    },
    ...(assignMs === undefined
      ? []
      : [{ bound: 'handed', limit: 1, measured: assignMs.count, unit: 'tasks', held: assignMs.count > 0 } as const]),
  ];
}
