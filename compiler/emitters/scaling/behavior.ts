import type { FleetContext } from '../../core/fleet-context.ts';

/** The autoscaler accepts no longer period of a policy. */
const PERIOD_SECONDS_MAX = 1800;

/**
 * Up at once: at least four agents, or as many as there are, every 15 seconds. Down when demand was lower for a while, and
 * then at most a quarter of the agents within the time that one may take to drain: what leaves still finishes its tasks
 * and takes no new ones, so a faster step would take away slots that are counted as free.
 */
export function behaviorOf({ fleet, from }: FleetContext) {
  const drainSeconds = Math.ceil(fleet.rollout.drainMs / 1000);
  const periodSeconds = from(Math.min(Math.max(drainSeconds, 60), PERIOD_SECONDS_MAX), 'rollout', 'drain');
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: from(Math.ceil(fleet.scale.downAfterMs / 1000), 'scale', 'down', 'after'),
      selectPolicy: 'Max',
      policies: [
        { type: 'Percent', value: 25, periodSeconds },
        { type: 'Pods', value: 1, periodSeconds },
      ],
    },
  };
}
