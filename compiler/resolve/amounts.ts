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
  let kept: Partial<T> = value;
  // By leaving one out of all: V8 makes a hash table of an object that is put together key by key, or that loses one.
  for (const key in value) if (value[key] === undefined) kept = without(key, kept);
  return kept as unknown as Present<T>;
}

function without<T extends object>(key: keyof T, value: Partial<T>): Partial<T> {
  const { [key]: _, ...rest } = value;
  return rest as Partial<T>;
}

/** The entries of a map, sorted by key. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  const entries = Object.entries(map);
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => compareText(a, b));
}
