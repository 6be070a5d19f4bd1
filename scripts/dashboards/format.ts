type Steps = readonly (readonly [from: number, divisor: number, unit: string])[];

const STEPS: Readonly<Record<string, Steps>> = {
  s: [
    [3600, 3600, ' h'],
    [60, 60, ' min'],
    [1, 1, ' s'],
    [1e-3, 1e-3, ' ms'],
    [0, 1e-6, ' µs'],
  ],
  bytes: [
    [2 ** 30, 2 ** 30, ' GiB'],
    [2 ** 20, 2 ** 20, ' MiB'],
    [2 ** 10, 2 ** 10, ' KiB'],
    [0, 1, ' B'],
  ],
  percentunit: [[0, 0.01, '%']],
  'suffix:/s': [[0, 1, '/s']],
  short: [
    [1e6, 1e6, ' Mil'],
    [1000, 1000, ' K'],
    [0, 1, ''],
  ],
  none: [[0, 1, '']],
};

/** Seconds. */
const CLOCK = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** A value as Grafana shows it, with three digits that count. */
export function formatValue(value: number, unit: string, decimals?: number): string {
  if (unit === 'percentunit' && decimals !== undefined) return `${(value * 100).toFixed(decimals)}%`;
  const steps = STEPS[unit] ?? [[0, 1, '']];
  const size = Math.abs(value);
  if (size === 0) return `0${steps.at(-1)?.[2] === ' µs' ? ' s' : (steps.at(-1)?.[2] ?? '')}`;
  const [, divisor, suffix] = steps.find(([from]) => size >= from) ?? [0, 1, ''];
  const shown = value / divisor;
  return `${Math.abs(shown) >= 100 ? Math.round(shown) : Number(shown.toPrecision(3))}${suffix}`;
}

/** Round numbers from `low` to `high`, about `count` of them; of seconds, what is round on a clock. */
export function ticks(low: number, high: number, count: number, unit = 'none'): readonly number[] {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = unit === 's' && rough > 10 ? CLOCK : [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  const binary = 2 ** Math.ceil(Math.log2(rough));
  const step = unit === 'bytes' ? binary : (round.find((one) => one >= rough) ?? rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** `14:05`, UTC. */
export function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}
