/** Days of each month, those of a leap year. */
export const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Days since 1970-01-01 of `YYYY-MM-DD`, in the Gregorian calendar; nothing when there is no such day. */
export function dayNumber(day: string): number | undefined {
  const [year = 0, month = 0, date = 0] = day.slice(0, 10).split('-').map(Number);
  const ms = Date.UTC(year, month - 1, date);
  return new Date(ms).toISOString().slice(0, 10) === day.slice(0, 10) ? ms / 86_400_000 : undefined;
}
