import { parseCpu, parseDuration, parsePercent, parsePercentile, parseRate, parseSize } from './units.ts';

/**
 * The least and the most that an amount of a field may be. Each field has its own, by what it means: `x-bounds` beside its
 * `$ref` in the schema. JSON Schema compares numbers only, and amounts are texts.
 */
export interface Bounds {
  readonly least: string;
  readonly most: string;
  /** Why neither less nor more makes sense, as a clause. */
  readonly why: string;
}

export type BoundedUnit = 'duration' | 'size' | 'cpu' | 'rate' | 'percent' | 'percentile';

const READERS: Readonly<Record<BoundedUnit, (text: string) => number | undefined>> = {
  duration: parseDuration,
  size: parseSize,
  cpu: parseCpu,
  rate: (text) => {
    const rate = parseRate(text);
    return rate === undefined ? undefined : rate.count / rate.perMs;
  },
  percent: parsePercent,
  percentile: (text) => parsePercentile(text)?.boundMs,
};

/** An amount as one number that grows with it; nothing for a text that is no amount of the unit. */
export function amountOf(unit: BoundedUnit, text: string): number | undefined {
  return READERS[unit](text);
}

/** A bound as such a number. The bounds of a percentile target are those of its duration. */
export function boundOf(unit: BoundedUnit, text: string): number | undefined {
  return amountOf(unit === 'percentile' ? 'duration' : unit, text);
}

/** Whether an amount lies within two bounds. A text that is no amount does: its pattern says what is wrong with it. */
export function isWithin(unit: BoundedUnit, text: string, least: number, most: number): boolean {
  const amount = amountOf(unit, text);
  return amount === undefined || (amount >= least && amount <= most);
}

/** The name of a building block as a unit that has bounds. */
export function boundedUnit(name: string): BoundedUnit | undefined {
  return Object.hasOwn(READERS, name) ? (name as BoundedUnit) : undefined;
}
