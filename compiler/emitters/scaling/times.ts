import { cronWindows } from '../../core/cron-window.ts';
import type { FleetContext } from '../../core/fleet-context.ts';

/** Times with a larger minimum. What cannot be said was reported by a check. */
export function timeTriggers({ fleet, from }: FleetContext) {
  return fleet.scale.schedule.flatMap(({ cron, holdMs, tz, min }, index) => {
    const windows = cronWindows(cron, holdMs);
    if ('problem' in windows) return [];
    return windows.map(({ start, end }, part) => ({
      type: 'cron',
      name: `time-${index + 1}${windows.length === 1 ? '' : `-${part + 1}`}`,
      metadata: {
        timezone: from(tz, 'scale', 'schedule', index, 'tz'),
        start: from(start, 'scale', 'schedule', index, 'cron'),
        end: from(end, 'scale', 'schedule', index, 'hold'),
        desiredReplicas: from(String(min), 'scale', 'schedule', index, 'min'),
      },
    }));
  });
}
