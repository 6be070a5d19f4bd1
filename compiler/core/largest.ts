import type { FleetModel } from './model.ts';

/** Share of its pods that a rolling update may add, as Kubernetes does by itself. */
const ROLLING_SURGE = 0.25;

/** Most pods of a fleet at one time. */
export interface Largest {
  readonly pods: number;
  /** Pods above `scale.max` while a new version takes over. */
  readonly extra: number;
  /** Why there are extra pods, for people. */
  readonly why: string;
}

/**
 * Most pods a fleet can have: all of `scale.max`, and what its rollout adds. A rolling update adds a quarter (rounded up).
 * Everything else ends with two whole sets, also a canary: the old version goes when the new one has all tasks. A fleet
 * with memory replaces its pods one by one, since two pods cannot share a volume, and adds none.
 */
export function largest(fleet: FleetModel): Largest {
  const { max } = fleet.scale;
  if (fleet.memory !== undefined) return { pods: max, extra: 0, why: '' };
  const { strategy } = fleet.rollout;
  if (strategy !== 'rolling') return { pods: 2 * max, extra: max, why: strategy };
  const extra = Math.ceil(max * ROLLING_SURGE - 1e-9);
  return { pods: max + extra, extra, why: 'surge' };
}
