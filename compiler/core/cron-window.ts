import { readCron } from './cron.ts';
import type { Cron } from './cron.ts';
import { sure } from '../../spec/contract/sure.ts';

/** A recurring time by two cron expressions: it begins when the first fires and ends when the second does. */
export interface CronWindow {
  readonly start: string;
  readonly end: string;
}

const DAY_MINUTES = 24 * 60;
/** Days that every month has. */
const SHORTEST_MONTH = 28;

/**
 * A time that begins at each firing of a cron expression and holds for a while, as pairs of expressions: autoscalers know
 * the end of a time only by another expression. Several pairs when the ends do not share a minute or a day; a problem when
 * no expression says where it ends.
 */
export function cronWindows(text: string, holdMs: number): readonly CronWindow[] | { readonly problem: string } {
  const cron = readCron(text);
  const hold = Math.ceil(holdMs / 60_000);
  if (hold >= shortestGap(cron)) return { problem: 'it would begin again before it ends' };
  const groups = new Map<string, { minute: number; shift: number; hours: number[] }>();
  for (const minute of cron.minutes) {
    for (const hour of cron.hours) {
      const shift = Math.floor((hour * 60 + minute + hold) / DAY_MINUTES);
      const group = groups.get(`${minute} ${shift}`) ?? { minute, shift, hours: [] };
      group.hours.push(hour);
      groups.set(`${minute} ${shift}`, group);
    }
  }
  const windows: CronWindow[] = [];
  for (const { minute, shift, hours } of groups.values()) {
    const days = shifted(cron, shift);
    if (days === undefined) return { problem: 'it would end in another month' };
    const ends = hours.map((hour) => (hour * 60 + minute + hold) % DAY_MINUTES);
    windows.push({
      start: print([minute], hours, cron),
      end: print([sure(ends[0], 'the end of a window') % 60], sorted(ends.map((end) => Math.floor(end / 60))), {
        ...cron,
        ...days,
      }),
    });
  }
  return windows;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The days on which what began on days of `cron` ends; nothing when they cannot be said. */
function shifted({ days, months, weekdays }: Cron, shift: number): Partial<Cron> | undefined {
  if (shift === 0) return {};
  if (months !== undefined && days === undefined) return undefined;
  // Cron takes either day when both are given, which both shift alike.
  const later = days?.map((day) => day + shift);
  if (later !== undefined && Math.max(...later) > SHORTEST_MONTH) return undefined;
  return {
    ...(later === undefined ? {} : { days: later }),
    ...(weekdays === undefined ? {} : { weekdays: sorted(weekdays.map((day) => (day + shift) % 7)) }),
  };
}

/** Minutes between two firings that follow each other, at least. */
function shortestGap({ minutes, hours, days, weekdays }: Cron): number {
  const times = sorted(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)));
  const dayGap =
    days !== undefined && weekdays === undefined
      ? gapOf(days, SHORTEST_MONTH)
      : days === undefined && weekdays !== undefined
        ? gapOf(weekdays, 7)
        : 1;
  const [first, last] = [sure(times[0], 'the first time of a day'), sure(times.at(-1), 'the last time of a day')];
  const overnight = dayGap * DAY_MINUTES - (last - first);
  return Math.min(overnight, ...times.slice(1).map((time, index) => time - sure(times[index], 'the time before')));
}

/** The smallest step between neighbours on a circle. */
function gapOf(values: readonly number[], circle: number): number {
  const next = (index: number) => values[index + 1] ?? sure(values[0], 'the first value') + circle;
  return Math.min(...values.map((value, index) => next(index) - value));
}

function print(minutes: readonly number[], hours: readonly number[], { days, months, weekdays }: Cron): string {
  const field = (values: readonly number[] | undefined) => values?.join(',') ?? '*';
  const allHours = hours.length === 24 ? undefined : hours;
  return [field(minutes), field(allHours), field(days), field(months), field(weekdays)].join(' ');
}
