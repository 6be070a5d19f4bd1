import { expect, test } from 'vitest';
import { dueTimes, timesBefore } from './due-times.ts';

const HOUR_MS = 3_600_000;

test('what is due every few minutes is due in the hour that comes twice, and once in the hour that is left out', () => {
  const half = { cron: '*/30 * * * *', tz: 'Europe/Berlin' };
  const every = (from: string, hours: number) => dueTimes(half, Date.parse(from), Date.parse(from) + hours * HOUR_MS);
  for (const from of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z', '2026-06-01T00:00:00Z']) {
    const times = every(from, 4);
    expect(times.map((time) => time - Date.parse(from))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => (n * HOUR_MS) / 2),
    );
    expect(timesBefore(half, Date.parse(from) + 4 * HOUR_MS + 1, 8)).toEqual([...times].reverse());
  }
});

test('the times of many days are the same, looked at hour by hour or at once', () => {
  for (const tz of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC']) {
    for (const cron of ['30 2 * * *', '15 1,2,3 * * *']) {
      const from = Date.UTC(2026, 2, 25);
      const piecewise: number[] = [];
      for (let hour = 0; hour < 300; hour += 1) {
        piecewise.push(...dueTimes({ cron, tz }, from + hour * HOUR_MS, from + (hour + 1) * HOUR_MS));
      }
      expect(piecewise).toEqual(dueTimes({ cron, tz }, from, from + 300 * HOUR_MS));
      expect(new Set(piecewise).size).toBe(piecewise.length);
    }
  }
});

test.each([
  ['0 0 29 2 *', ['2024-02-29', '2020-02-29', '2016-02-29']],
  ['0 0 31 1,4 *', ['2026-01-31', '2025-01-31', '2024-01-31']],
  ['0 0 31 */2 *', ['2026-07-31', '2026-05-31', '2026-03-31']],
  ['0 0 29-31 2,3 *', ['2026-03-31', '2026-03-30', '2026-03-29']],
  ['0 0 1 1 *', ['2026-01-01', '2025-01-01', '2024-01-01']],
  ['0 0 30 2 *', []],
])('%s: the times before, over months that lack all days of the pattern', (cron, days) => {
  const times = timesBefore({ cron, tz: 'UTC' }, Date.parse('2026-08-20T12:00:00Z'), 3);
  expect(times.map((time) => new Date(time).toISOString().slice(0, 10))).toEqual(days);
});

test('times before are those after another one, however many are asked for', () => {
  const often = { cron: '*/5 * * * *', tz: 'America/New_York' };
  const [since, time] = [Date.parse('2026-10-28T00:00:00Z'), Date.parse('2026-11-04T00:00:00Z')];
  const all = dueTimes(often, time - 1000 * 300_000 - 1, time - 1)
    .slice(-900)
    .reverse();
  expect(timesBefore(often, time, 900)).toEqual(all);
  expect(timesBefore(often, time, 9000, time - 3 * HOUR_MS)).toEqual(all.slice(0, 35));
  expect(timesBefore(often, since, 10, since)).toEqual([]);
});
