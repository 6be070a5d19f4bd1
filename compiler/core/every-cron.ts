const MINUTE_MS = 60_000;

/** Parts of an hour and of a day, in minutes: after them, and only after them, cron comes back evenly. */
const EVEN_MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440] as const;

/** A cron expression that fires every so many milliseconds; nothing where none does. */
export function everyCron(everyMs: number): string | undefined {
  const minutes = EVEN_MINUTES.find((even) => even * MINUTE_MS === everyMs);
  if (minutes === undefined) return undefined;
  if (minutes === 1440) return '0 0 * * *';
  if (minutes < 60) return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
  return minutes === 60 ? '0 * * * *' : `0 */${minutes / 60} * * *`;
}

/** The length nearest to one that cron cannot keep; of two the shorter. */
export function nearestEveryMs(everyMs: number): number {
  const distance = (minutes: number) => Math.abs(minutes * MINUTE_MS - everyMs);
  const nearest = EVEN_MINUTES.reduce((best, even) => (distance(even) < distance(best) ? even : best));
  return nearest * MINUTE_MS;
}
