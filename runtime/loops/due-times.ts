import { Cron } from 'croner';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';

/**
 * When a schedule is due. The pattern is about the clock on the wall of its place, so it is asked in a world without changes of
 * that clock (croner in UTC), and each of its wall times is looked up in the place's real time:
 *
 * - a wall time that is left out when clocks go forward counts as if they had not: 02:30 becomes 03:30
 * - one that comes twice when clocks go back counts once, the first time; where the pattern leaves the hour open, both times
 *
 * croner's own time zones are not used: asked from within such an hour it forgets the time before it, and for patterns of every
 * few minutes it leaves out the hour that comes twice.
 */
type When = Pick<TableSchedule, 'cron' | 'tz'>;

/** Times after `since` up to `now`, the oldest first; the newest of them when there are very many. */
export function dueTimes(schedule: When, since: number, now: number): readonly number[] {
  return timesIn(schedule, since, now).slice(-DUE_MAX);
}

/**
 * The last `count` times before `time` and after `since`, the newest first; none of longer ago than some fifteen years. They are
 * looked for forwards, in stretches that grow: croner cannot go back over a month that lacks all days of a pattern, as February
 * does for the 31st of every other month.
 */
export function timesBefore(schedule: When, time: number, count: number, since = -Infinity): readonly number[] {
  const times: number[] = [];
  let upTo = time;
  for (let length = HOUR_MS; times.length < count && upTo > since && length <= STRETCH_MAX_MS; length *= 2) {
    const after = Math.max(since, upTo - length);
    const found = timesIn(schedule, after, upTo).filter((one) => one < time);
    times.push(...found.reverse());
    upTo = after;
  }
  return times.slice(0, count);
}

/** The oldest first. */
function timesIn(schedule: When, after: number, upTo: number): number[] {
  const walls = wallPattern(schedule);
  const { least, most } = offsetsNear(schedule.tz, after, upTo);
  const times = new Set<number>();
  let next = walls.nextRun(new Date(after + least));
  while (next !== null && next.getTime() <= upTo + most) {
    for (const time of instantsOf(schedule, next.getTime())) if (time > after && time <= upTo) times.add(time);
    next = walls.nextRun(next);
  }
  return [...times].sort((a, b) => a - b);
}

/** Why the times of a schedule cannot be told here, as what it has and what to do; nothing when they can. */
export function timesFault(schedule: When): string | undefined {
  try {
    wallPattern(schedule);
  } catch {
    return `has the times ${JSON.stringify(schedule.cron)}, which are no cron pattern: compile the spec again`;
  }
  try {
    offsetMs(schedule.tz, 0);
  } catch {
    return `has the time zone ${schedule.tz}, which this scheduler does not know: run a newer one, or name another zone`;
  }
  return undefined;
}

const DUE_MAX = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Twice that is what is looked at in all. */
const STRETCH_MAX_MS = 2 ** 16 * HOUR_MS;

function wallPattern({ cron }: When): Cron {
  return new Cron(cron, { timezone: 'UTC', paused: true });
}

/** The instants at which the wall of the place shows a time, given as if it were UTC. */
function instantsOf({ cron, tz }: When, wall: number): readonly number[] {
  const before = offsetMs(tz, wall - DAY_MS);
  const after = offsetMs(tz, wall + DAY_MS);
  if (before === after) return [wall - before];
  const real = [before, after].map((offset) => wall - offset).filter((time) => time + offsetMs(tz, time) === wall);
  if (real.length === 0) return [wall - before];
  return leavesHourOpen(cron) ? real : real.slice(0, 1);
}

function leavesHourOpen(cron: string): boolean {
  return cron.trim().split(/\s+/).at(-4)?.startsWith('*') === true;
}

function offsetsNear(tz: string, since: number, now: number): { readonly least: number; readonly most: number } {
  const offsets = [since - DAY_MS, since, now, now + DAY_MS].map((time) => offsetMs(tz, time));
  return { least: Math.min(...offsets), most: Math.max(...offsets) };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the wall of a place is ahead of UTC at an instant. */
function offsetMs(tz: string, time: number): number {
  if (tz === 'UTC' || tz === 'Etc/UTC') return 0;
  const format = formats.get(tz) ?? wallFormat(tz);
  formats.set(tz, format);
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(time / 1000) * 1000;
}

function wallFormat(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  });
}
