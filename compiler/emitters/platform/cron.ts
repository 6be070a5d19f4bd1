const MINUTE = 60_000;

/** A cron expression that fires about this often. Snapshots know minutes only: never rarer than asked for, never below one. */
export function cronOf(everyMs: number): string {
  const minutes = Math.max(1, Math.floor(everyMs / MINUTE));
  if (minutes < 60) return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return hours === 1 ? '0 * * * *' : `0 */${hours} * * *`;
  return '0 0 * * *';
}
