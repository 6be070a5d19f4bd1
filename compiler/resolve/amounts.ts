import {
  parseCpu,
  parseDuration,
  parsePercent,
  parsePercentile,
  parseRate,
  parseSize,
} from '../../spec/contract/units.ts';
import type { PercentileTarget, Rate } from '../../spec/contract/units.ts';
import { compareText } from '../../spec/contract/text.ts';

/** Readers of amounts that the schema has accepted: one that cannot be read is a bug of ours. */
export const ms = (text: string): number => sure(parseDuration(text), text);
export const bytes = (text: string): number => sure(parseSize(text), text);
export const millis = (text: string): number => sure(parseCpu(text), text);
export const share = (text: string): number => sure(parsePercent(text), text);
export const rate = (text: string): Rate => sure(parseRate(text), text);
export const percentile = (text: string): PercentileTarget => sure(parsePercentile(text), text);

function sure<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new Error(`an amount passed the schema and cannot be read: ${text}`);
  return value;
}

/** A type in which keys that may have no value may be absent instead. */
export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A value without the keys that have no value; most have none of these, and are it already. */
export function present<T extends object>(value: T): Present<T> {
  for (const key in value) if (value[key] === undefined) return withoutUndefined(value);
  return value;
}

function withoutUndefined<T extends object>(value: T): Present<T> {
  const kept: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as unknown as Present<T>;
}

/** The entries of a map, sorted by key. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  const entries = Object.entries(map);
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => compareText(a, b));
}
