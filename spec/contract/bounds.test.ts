import { expect, test } from 'vitest';
import { amountOf, boundOf, boundedUnit, isWithin } from './bounds.ts';
import type { Bounds } from './bounds.ts';
import { sure } from './sure.ts';
import { everyNode } from './testing/schemas.ts';

/** Every field whose value is an amount, with its unit. */
const AMOUNTS = everyNode().flatMap(({ at, node }) => {
  const unit = boundedUnit(String(node['$ref']).split('/').at(-1) ?? '');
  return unit === undefined ? [] : [{ at, unit, node, bounds: node['x-bounds'] as Bounds | undefined }];
});

test('every field that takes an amount says its least, its most and why; a share may be any', () => {
  expect(AMOUNTS.length).toBeGreaterThan(35);
  const open = AMOUNTS.filter(({ bounds }) => bounds === undefined);
  expect(open.map(({ at }) => at)).toEqual([expect.stringMatching(/observe.*traces$/)]);
});

test('no field takes an amount of nothing, and the least is below the most', () => {
  const wrong = AMOUNTS.filter(({ unit, bounds }) => {
    if (bounds === undefined) return false;
    const [least, most] = [boundOf(unit, bounds.least), boundOf(unit, bounds.most)];
    return !(sure(least, bounds.least) > 0 && sure(most, bounds.most) > sure(least, bounds.least));
  });
  expect(wrong.map(({ at }) => at)).toEqual([]);
});

test('every default is within its bounds', () => {
  const defaults = AMOUNTS.filter(({ node, bounds }) => node['default'] !== undefined && bounds !== undefined);
  expect(defaults.length).toBeGreaterThan(15);
  const outside = defaults.filter(({ unit, node, bounds }) => {
    const { least, most } = sure(bounds, 'bounds');
    const [from, to] = [sure(boundOf(unit, least), least), sure(boundOf(unit, most), most)];
    return !isWithin(unit, String(node['default']), from, to);
  });
  expect(outside.map(({ at }) => at)).toEqual([]);
});

test('the bounds themselves are within, a step beyond is not, and what is no amount is left to its pattern', () => {
  expect(['10m', '30d', '9m', '31d', 'soon'].map((text) => isWithin('duration', text, 600_000, 2_592_000_000))).toEqual(
    [true, true, false, false, true],
  );
});

test('amounts of one unit compare however they are written', () => {
  expect(amountOf('rate', '3600/h')).toBe(amountOf('rate', '1/s'));
  expect(amountOf('cpu', '2')).toBe(amountOf('cpu', '2000m'));
  expect(amountOf('percentile', 'p99 < 1m')).toBe(boundOf('percentile', '60s'));
});
