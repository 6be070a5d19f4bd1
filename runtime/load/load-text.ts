import type { Percentiles } from './percentiles.ts';
import { fullAfterSeconds, type LoadProfile } from './profiles.ts';
import type { LoadReport } from './run-load.ts';
import type { BoundCheck } from './verdict.ts';

/** A report for people. */
export function loadText(
  name: string,
  profile: LoadProfile,
  report: LoadReport,
  checks: readonly BoundCheck[],
): readonly string[] {
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
    ...ramp(profile, report),
  ];
}

/** What held on the way to a rate says nothing of the rate. */
function ramp(profile: LoadProfile, { seconds }: LoadReport): readonly string[] {
  const full = fullAfterSeconds(profile);
  if (seconds >= full) return [];
  return [
    `it ended before all ${profile.users} users were there, after ${full} s: its rate of ${profile.perSecond} per second was not tried`,
  ];
}

function boundText({ bound, limit, measured, unit, held }: BoundCheck): string {
  const most = bound === 'served' || bound === 'handed' ? 'at least' : 'at most';
  return `${held ? 'held  ' : 'broken'}  ${bound.padEnd(7)} ${shown(measured, unit)}, ${most} ${shown(limit, unit)}`;
}

/** Nothing was measured where there is nothing of it: no time is 0. */
function row(name: string, { count, meanMs, p50Ms, p95Ms, p99Ms, maxMs }: Percentiles): string {
  const times = [meanMs, p50Ms, p95Ms, p99Ms, maxMs].map((ms) => (count === 0 ? '-' : ms.toFixed(1)));
  return `${name.padEnd(27)}${times.map((time) => time.padStart(10)).join('')}`;
}

function shown(value: number, unit: BoundCheck['unit']): string {
  if (unit === 'share') return `${(value * 100).toFixed(2)} %`;
  if (unit === 'tasks') return String(value);
  return unit === 'ms' ? `${value.toFixed(1)} ms` : `${value.toFixed(1)} per second`;
}
