import { expect, test } from 'vitest';
import { DEFAULT_BREAKER, asOf, closedBreaker, ended, forget, mayStart, started, type Breaker } from './breaker.ts';

const SETTINGS = { ...DEFAULT_BREAKER, errors: 0.5, openForMs: 1000, windowMs: 10_000, volumeMin: 4, trials: 2 };

function after(outcomes: string, breaker: Breaker = closedBreaker(0), nowMs = 0): Breaker {
  return [...outcomes].reduce((state, outcome) => ended(state, outcome === '+', nowMs, SETTINGS), breaker);
}

test('it opens when more than its share of enough runs have failed', () => {
  expect(after('---').state).toBe('closed');
  expect(after('++--').state).toBe('closed');
  expect(after('++---')).toEqual({ state: 'open', sinceMs: 0, untilMs: 1000, times: 1 });
});

test('outcomes of a window that is over are forgotten', () => {
  const old = after('---');
  expect(after('-', old, 10_000)).toEqual({ state: 'closed', sinceMs: 10_000, succeeded: 0, failed: 1, inRow: 4 });
});

test('one that counts errors in a row opens at so many without a success between them, in whatever window', () => {
  const settings = { ...SETTINGS, errorsInRow: 3 };
  const inRow = (outcomes: string, everyMs: number): Breaker['state'] =>
    [...outcomes].reduce<Breaker>(
      (state, one, index) => ended(state, one === '+', index * everyMs, settings),
      closedBreaker(0),
    ).state;
  expect(inRow('--+--', 0)).toBe('closed');
  expect(inRow('++++++---', 0)).toBe('open');
  expect(inRow('---', SETTINGS.windowMs)).toBe('open');
});

test('no run starts while it is open, and late outcomes change nothing', () => {
  const open = after('----');
  expect(mayStart(open, 999, SETTINGS)).toBe(false);
  expect(ended(open, true, 500, SETTINGS)).toBe(open);
  expect(mayStart(open, 1000, SETTINGS)).toBe(true);
});

test('when its time has passed, it is told of as one that lets runs try', () => {
  const open = after('----');
  expect(asOf(open, 999)).toBe(open);
  expect(asOf(open, 5000)).toMatchObject({ state: 'half-open', sinceMs: 1000, started: 0, times: 1 });
  expect(started(asOf(open, 5000), 5000)).toEqual(started(open, 5000));
});

test('then a few runs are tried, and it closes when enough have succeeded', () => {
  const first = started(after('----'), 1000);
  expect(mayStart(first, 1000, SETTINGS)).toBe(true);
  const second = started(first, 1000);
  expect(mayStart(second, 1000, SETTINGS)).toBe(false);
  expect(after('+', second, 1100).state).toBe('half-open');
  expect(after('++', second, 1100)).toEqual(closedBreaker(1100));
  expect(after('+-', second, 1100)).toEqual(closedBreaker(1100));
});

test('too many failed trials open it for twice as long, at most eight times', () => {
  let breaker = after('----');
  const spans: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    if (breaker.state !== 'open') throw new Error(breaker.state);
    spans.push(breaker.untilMs - breaker.sinceMs);
    const now = breaker.untilMs;
    breaker = after('--', started(started(breaker, now), now), now);
  }
  expect(spans).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});

test('a trial that says nothing is given back, a closed breaker does not count them', () => {
  const trial = started(started(after('----'), 1000), 1000);
  expect(mayStart(forget(trial), 1000, SETTINGS)).toBe(true);
  expect(forget(after('+', started(after('----'), 1000), 1000))).toMatchObject({ started: 1, succeeded: 1 });
  const closed = closedBreaker(0);
  expect([forget(closed), started(closed, 5)]).toEqual([closed, closed]);
  expect(mayStart(closed, 0, SETTINGS)).toBe(true);
});

test('half open, another trial may start when nothing is heard of the others', () => {
  const open = opened();
  const halfOpen = [1, 2, 3].reduce((breaker) => started(breaker, 40_000), open);
  expect(halfOpen).toMatchObject({ state: 'half-open', started: 3, sinceMs: 40_000 });
  expect(mayStart(halfOpen, 69_999, DEFAULT_BREAKER)).toBe(false);
  expect(mayStart(halfOpen, 70_000, DEFAULT_BREAKER)).toBe(true);
});

function opened(): Breaker {
  const failures = Array.from({ length: DEFAULT_BREAKER.volumeMin });
  return failures.reduce<Breaker>((breaker) => ended(breaker, false, 1000, DEFAULT_BREAKER), closedBreaker(0));
}

test('a clock that is set back holds no runs up for as long: they are tried', () => {
  const late = after('++---', closedBreaker(0), 7_200_000);
  expect(late).toMatchObject({ state: 'open', sinceMs: 7_200_000 });
  expect(mayStart(late, 0, SETTINGS)).toBe(true);
  expect(asOf(late, 0)).toMatchObject({ state: 'half-open', sinceMs: 0 });
  const tried = started(started(late, 7_201_000), 7_201_000);
  expect(mayStart(tried, 7_201_001, SETTINGS)).toBe(false);
  expect(mayStart(tried, 0, SETTINGS)).toBe(true);
});
