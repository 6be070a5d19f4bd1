/**
 * Amounts as people write them, and back. One reader for each unit: the compiler, the scheduler and the docs agree by
 * using it. A reader returns nothing for what the schema refuses; every number it returns is exact.
 *
 * Glossary
 * - duration: `30s` -> milliseconds
 * - size: `20Gi` -> bytes
 * - cpu: `250m` -> millicores
 * - rate: `60/m` -> a count in so many milliseconds
 * - percent: `99.9%` -> a share from 0 to 1
 * - percentile target: `p99 < 100ms` -> a percentile from 0 to 1 and a bound in milliseconds
 */

export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

export interface PercentileTarget {
  readonly percentile: number;
  readonly boundMs: number;
}

const MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const BYTES = { Ti: 2 ** 40, Gi: 2 ** 30, Mi: 2 ** 20, Ki: 2 ** 10 } as const;

/** `45m` -> 2,700,000 milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(0|[1-9][0-9]{0,7})(ms|s|m|h|d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * MS[match[2] as keyof typeof MS];
}

/** Milliseconds in the largest unit that holds them without a rest: 90,000 -> `90s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  return inLargestUnit(ms, MS) ?? invalid('duration', ms);
}

/** `512Mi` -> 536,870,912 bytes. */
export function parseSize(text: string): number | undefined {
  const match = /^(?:([1-9][0-9]{0,8})(Ki|Mi)|([1-9][0-9]{0,5})(Gi)|([1-9][0-9]{0,2})(Ti))$/.exec(text);
  if (match === null) return undefined;
  const unit = match[2] ?? match[4] ?? match[6];
  return Number(match[1] ?? match[3] ?? match[5]) * BYTES[unit as keyof typeof BYTES];
}

/** Bytes as the Kubernetes quantity that its API server would write: 1,073,741,824 -> `1Gi`, 1,000 -> `1000`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0';
  return inLargestUnit(bytes, BYTES) ?? String(whole('size', bytes));
}

/** `250m` -> 250 millicores, `2` -> 2,000. */
export function parseCpu(text: string): number | undefined {
  const match = /^(?:([1-9][0-9]{0,3})|([1-9][0-9]{0,6})m)$/.exec(text);
  if (match === null) return undefined;
  return match[1] === undefined ? Number(match[2]) : Number(match[1]) * 1000;
}

/** Millicores as the Kubernetes quantity that its API server would write: 250 -> `250m`, 2,000 -> `2`. */
export function formatCpu(millis: number): string {
  return whole('cpu', millis) % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** `60/m` -> 60 in 60,000 milliseconds. */
export function parseRate(text: string): Rate | undefined {
  const match = /^([1-9][0-9]{0,8})\/(s|m|h)$/.exec(text);
  return match === null ? undefined : { count: Number(match[1]), perMs: MS[match[2] as 's' | 'm' | 'h'] };
}

/** The inverse of `parseRate`. */
export function formatRate({ count, perMs }: Rate): string {
  const unit = (['s', 'm', 'h'] as const).find((name) => MS[name] === perMs);
  return unit === undefined ? invalid('rate per milliseconds', perMs) : `${whole('rate', count)}/${unit}`;
}

/** `99.9%` -> 0.999: the double nearest to the decimal number, whatever its digits. */
export function parsePercent(text: string): number | undefined {
  const match = /^(100(?:\.0{1,4})?|[1-9]?[0-9](?:\.[0-9]{1,4})?)%$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const [units = '', decimals = ''] = match[1].split('.');
  return Number(units + decimals.padEnd(4, '0')) / 1_000_000;
}

/** A share with the digits it was written with: 0.999 -> `99.9%`. At most four decimals. */
export function formatPercent(share: number): string {
  const millionths = Math.round(share * 1_000_000);
  if (!(millionths >= 0 && millionths <= 1_000_000)) return invalid('share', share);
  return `${millionths / 10_000}%`;
}

/** `p99.9 < 100ms` -> percentile 0.999, bound 100. */
export function parsePercentile(text: string): PercentileTarget | undefined {
  const match = /^p(50|90|95|99|99\.9) < ([1-9][0-9]{0,7}(?:ms|s|m|h|d))$/.exec(text);
  const percentile = parsePercent(`${match?.[1]}%`);
  const boundMs = parseDuration(`${match?.[2]}`);
  return percentile === undefined || boundMs === undefined ? undefined : { percentile, boundMs };
}

/** The inverse of `parsePercentile`. */
export function formatPercentile({ percentile, boundMs }: PercentileTarget): string {
  return `p${formatPercent(percentile).slice(0, -1)} < ${formatDuration(boundMs)}`;
}

function inLargestUnit(amount: number, units: Readonly<Record<string, number>>): string | undefined {
  for (const [unit, factor] of Object.entries(units)) {
    if (amount > 0 && Number.isSafeInteger(amount) && amount % factor === 0) return `${amount / factor}${unit}`;
  }
  return undefined;
}

function whole(what: string, amount: number): number {
  return Number.isSafeInteger(amount) && amount >= 0 ? amount : invalid(what, amount);
}

/** Numbers come from our own readers and arithmetic: a wrong one is a bug of ours. */
function invalid(what: string, amount: number): never {
  throw new RangeError(`${amount} is no ${what}`);
}
