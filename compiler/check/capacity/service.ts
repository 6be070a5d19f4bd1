import { formatDuration, formatPercentile } from '../../../spec/contract/units.ts';
import type { AcceptModel, FleetModel } from '../../core/model.ts';

/** Share of its timeout that a run is assumed to take when nothing better is known. */
const ASSUMED_RUN_SHARE = 0.25;

/** How long a run is taken to last, and why. */
export interface Service {
  readonly ms: number;
  readonly because: string;
}

/**
 * Time that one attempt holds a slot. Nobody declares a mean, so this is a stand-in and the message says which: the bound
 * of `slo.run`, or a quarter of the run timeout.
 */
export function serviceOf(fleet: FleetModel, accept: AcceptModel): Service {
  const { run } = fleet.slo;
  if (run !== undefined && run.boundMs <= accept.timeouts.runMs) {
    return {
      ms: run.boundMs,
      because: `a run of \`${fleet.id}\` takes ${formatDuration(run.boundMs)} (\`slo.run\` is ${formatPercentile(run)})`,
    };
  }
  const ms = accept.timeouts.runMs * ASSUMED_RUN_SHARE;
  return {
    ms,
    because: `a run of \`${fleet.id}\` takes ${seconds(ms)} (a quarter of its run timeout of ${formatDuration(accept.timeouts.runMs)})`,
  };
}

/** Attempts for each task when a share of `1 - slo.success` fails and is tried again. */
export function amplification(fleet: FleetModel, accept: AcceptModel): number {
  const failing = 1 - fleet.slo.success;
  let factor = 0;
  for (let attempt = 0; attempt < accept.retry.attempts; attempt++) factor += failing ** attempt;
  return factor;
}

/** Tasks at once when every agent runs. */
export function slotsOf(fleet: FleetModel): number {
  return fleet.scale.max * fleet.agent.slots;
}

/** `11.25` -> `11.3`, `40` -> `40`. */
export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** Milliseconds for people, to a tenth of a second, minute or hour. */
export function seconds(ms: number): string {
  if (ms < 120_000) return `${figure(ms / 1000)} s`;
  return ms < 7_200_000 ? `${figure(ms / 60_000)} min` : `${figure(ms / 3_600_000)} h`;
}

/** Tasks per second for people: per hour below one a second. */
export function perTime(perSecond: number): string {
  return perSecond >= 1 ? `${figure(perSecond)}/s` : `${figure(perSecond * 3600)}/h`;
}
