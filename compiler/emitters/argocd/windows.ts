import { dayNumber } from '../../core/days.ts';
import type { EnvironmentModel, FreezeModel } from '../../core/model.ts';
import { trace } from '../../core/trace.ts';
import type { SyncWindow } from './types.ts';

/**
 * The freezes of an environment: nothing is synced by itself while one lasts. By hand it still is, so that whoever is on call
 * can roll back; and a freeze that is taken out of the spec ends at once, because windows do not hold for the windows.
 */
export function syncWindows({ name, company }: EnvironmentModel): readonly SyncWindow[] {
  const own = company.freezes.filter(({ environments }) => environments.includes(name));
  // Argo CD refuses a project with two windows of the same beginning and length.
  const byTime = new Map<string, FreezeModel[]>();
  for (const freeze of own) {
    const time = `${scheduleOf(freeze)} ${durationOf(freeze)}`;
    byTime.set(time, [...(byTime.get(time) ?? []), freeze]);
  }
  return [...byTime.values()].map((freezes) => windowOf(freezes, company.from));
}

function windowOf(freezes: readonly FreezeModel[], from: EnvironmentModel['from']): SyncWindow {
  const [first] = freezes as readonly [FreezeModel, ...FreezeModel[]];
  const reasons = freezes.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  return {
    kind: 'deny',
    schedule: trace(scheduleOf(first), from(['freeze', first.name, 'from'])),
    duration: trace(durationOf(first), from(['freeze', first.name, 'to'])),
    timeZone: 'UTC',
    applications: ['*'],
    manualSync: true,
    syncOverrun: true,
    description: trace(reasons, from(['freeze', first.name, 'reason'])),
  };
}

/** Minute, hour, day and month of its beginning. */
function scheduleOf({ from }: FreezeModel): string {
  const [, month, day, hour, minute] = /^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d)Z$/.exec(from) ?? [];
  return `${Number(minute)} ${Number(hour)} ${Number(day)} ${Number(month)} *`;
}

function durationOf({ from, to }: FreezeModel): string {
  const minutes = minuteOf(to) - minuteOf(from);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}h${rest === 0 ? '' : `${rest}m`}`;
}

/** Minutes since some day long ago. */
function minuteOf(moment: string): number {
  return (dayNumber(moment) ?? 0) * 24 * 60 + Number(moment.slice(11, 13)) * 60 + Number(moment.slice(14, 16));
}
