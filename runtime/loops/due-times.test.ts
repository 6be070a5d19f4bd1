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
