import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  formatCpu,
  formatDuration,
  formatPercent,
  formatPercentile,
  formatRate,
  formatSize,
  parseCpu,
  parseDuration,
  parsePercent,
  parsePercentile,
  parseRate,
  parseSize,
} from './units.ts';

const DEFS = (
  JSON.parse(readFileSync(new URL('./schema/common.schema.json', import.meta.url), 'utf8')) as {
    $defs: Record<string, { pattern: string; maxLength: number }>;
  }
).$defs;

test('a duration is read in milliseconds', () => {
  expect(['0s', '250ms', '30s', '45m', '12h', '7d'].map(parseDuration)).toEqual([
    0, 250, 30_000, 2_700_000, 43_200_000, 604_800_000,
  ]);
});

test('a duration is written in the largest unit that holds it without a rest', () => {
  expect([0, 250, 1000, 90_000, 3_600_000, 604_800_000].map(formatDuration)).toEqual([
    '0s',
    '250ms',
    '1s',
    '90s',
    '1h',
    '7d',
  ]);
});

test('a size is read in bytes and written as Kubernetes writes it', () => {
  expect(['1Ki', '512Mi', '20Gi', '2Ti'].map(parseSize)).toEqual([
    1024, 536_870_912, 21_474_836_480, 2_199_023_255_552,
  ]);
  expect([0, 1000, 1024, 1_073_741_824, 2 ** 40].map(formatSize)).toEqual(['0', '1000', '1Ki', '1Gi', '1Ti']);
});

test('processor is read in millicores and written as Kubernetes writes it', () => {
  expect(['2', '250m', '1000m'].map(parseCpu)).toEqual([2000, 250, 1000]);
  expect([0, 250, 1000, 1500].map(formatCpu)).toEqual(['0', '250m', '1', '1500m']);
});

test('a rate is a count in a number of milliseconds', () => {
  expect(parseRate('60/m')).toEqual({ count: 60, perMs: 60_000 });
  expect(formatRate({ count: 1000, perMs: 3_600_000 })).toBe('1000/h');
});

test('a percentage becomes the nearest double, whatever its digits', () => {
  expect(['0%', '0.0001%', '29%', '99.9%', '99.99%', '100%', '100.0%'].map(parsePercent)).toEqual([
    0, 0.000001, 0.29, 0.999, 0.9999, 1, 1,
  ]);
  expect([0, 0.000001, 0.29, 0.999, 1].map(formatPercent)).toEqual(['0%', '0.0001%', '29%', '99.9%', '100%']);
});

test('a percentile target is a percentile and a bound', () => {
  expect(parsePercentile('p99.9 < 100ms')).toEqual({ percentile: 0.999, boundMs: 100 });
  expect(formatPercentile({ percentile: 0.5, boundMs: 60_000 })).toBe('p50 < 1m');
});

test.each([
  ['duration', parseDuration, ['', '30', '1.5s', '-1s', '01s', ' 1s', '1s ', '1S', '100000000s', '1w', '1s\n']],
  ['size', parseSize, ['', '0Gi', '1G', '1.5Gi', '1000Ti', '1000000Gi', '512', '1gi', '1Gi\n']],
  ['cpu', parseCpu, ['', '0', '0.5', '10000', 'm', '-1', '1m\n']],
  ['rate', parseRate, ['', '0/s', '1/d', '1 / s', '1/', '60', '1/s\n']],
  ['percent', parsePercent, ['', '%', '101%', '100.1%', '99', '1.23456%', '-1%', '007%', '1%\n']],
  ['percentile', parsePercentile, ['', 'p99', 'p99<1s', 'p98 < 1s', 'p99 < 0s', 'p99 < 1', 'p99 < 1s\n']],
] as const)('what is no %s is not read', (name, parse, texts) => {
  expect(texts.map((text) => [text, parse(text), new RegExp(DEFS[name]?.pattern ?? '', 'u').test(text)])).toEqual(
    texts.map((text) => [text, undefined, false]),
  );
});

test.each([
  ['duration', parseDuration],
  ['size', parseSize],
  ['cpu', parseCpu],
  ['rate', parseRate],
  ['percent', parsePercent],
  ['percentile', parsePercentile],
] as const)('whatever the schema accepts as a %s is read without loss', (name, parse) => {
  const { pattern, maxLength } = DEFS[name] ?? { pattern: '', maxLength: 0 };
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(pattern)), (text) => {
      expect(text.length).toBeLessThanOrEqual(maxLength);
      const value = parse(text);
      const numbers = typeof value === 'object' ? Object.values(value as object) : [value];
      for (const number of numbers as number[]) {
        expect(Number.isSafeInteger(number) || (number >= 0 && number <= 1)).toBe(true);
      }
    }),
  );
});

test('what is written is read back as the same amount', () => {
  const ms = fc.integer({ min: 0, max: 99_999_999 });
  fc.assert(fc.property(ms, (amount) => void expect(parseDuration(formatDuration(amount))).toBe(amount)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (kibibytes) => {
      expect(parseSize(formatSize(kibibytes * 1024))).toBe(kibibytes * 1024);
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9_999_999 }),
      (millis) => void expect(parseCpu(formatCpu(millis))).toBe(millis),
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (millionths) => {
      expect(parsePercent(formatPercent(millionths / 1_000_000))).toBe(millionths / 1_000_000);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom('s', 'm', 'h'), (count, unit) => {
      const rate = parseRate(`${count}/${unit}`);
      expect(rate && formatRate(rate)).toBe(`${count}/${unit}`);
    }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999),
      fc.integer({ min: 1, max: 99_999_999 }),
      (percentile, boundMs) => {
        expect(parsePercentile(formatPercentile({ percentile, boundMs }))).toEqual({ percentile, boundMs });
      },
    ),
  );
});

test('an amount that cannot be is a bug of ours and throws', () => {
  expect(() => formatDuration(0.5)).toThrow('0.5 is no duration');
  expect(() => formatDuration(-1)).toThrow('-1 is no duration');
  expect(() => formatSize(-1)).toThrow('-1 is no size');
  expect(() => formatCpu(Number.NaN)).toThrow('NaN is no cpu');
  expect(() => formatRate({ count: 1, perMs: 7 })).toThrow('7 is no rate per milliseconds');
  expect(() => formatPercent(1.5)).toThrow('1.5 is no share');
});
