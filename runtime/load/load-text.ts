import type { Percentiles } from './percentiles.ts';
import type { LoadReport } from './run-load.ts';
import type { BoundCheck } from './verdict.ts';

/** A report for people. */
export function loadText(name: string, report: LoadReport, checks: readonly BoundCheck[]): readonly string[] {
  const { sent, answered, refused, failed, seconds, submitMs, assignMs, errors } = report;
  return [
    `${name}  ${sent} sent in ${seconds.toFixed(1)} s, ${answered} accepted, ${refused} told to come back, ${failed} failed`,
    '',
    'ms from the intended moment      mean       p50       p95       p99   longest',
    row('accepted', submitMs),
    ...(assignMs === undefined ? [] : [row('handed to an agent', assignMs)]),
    ...Object.entries(errors).map(([code, count]) => `${String(count).padStart(8)}  ${code}`),
    '',
    ...(sent === 0 ? ['nothing was sent: there is nothing to judge'] : checks.map(boundText)),
  ];
}

function boundText({ bound, limit, measured, unit, held }: BoundCheck): string {
  const most = bound === 'served' ? 'at least' : 'at most';
  return `${held ? 'held  ' : 'broken'}  ${bound.padEnd(7)} ${shown(measured, unit)}, ${most} ${shown(limit, unit)}`;
}

function row(name: string, { meanMs, p50Ms, p95Ms, p99Ms, maxMs }: Percentiles): string {
  return `${name.padEnd(27)}${[meanMs, p50Ms, p95Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1).padStart(10)).join('')}`;
}

function shown(value: number, unit: BoundCheck['unit']): string {
  if (unit === 'share') return `${(value * 100).toFixed(2)} %`;
  return unit === 'ms' ? `${value.toFixed(1)} ms` : `${value.toFixed(1)} per second`;
}
