import { compareText } from '../../spec/contract/text.ts';
import type { FleetModel, PercentileTarget, RolloutModel } from './model.ts';

/** All of a fleet's tasks, in hundredths of a percent. */
export const WHOLE = 10_000;

/** Share 0..1 of the tasks that the declared build has by now. */
export function reachedShare({ underway, steps }: RolloutModel): number {
  return underway === undefined ? 1 : (steps[underway.step - 1]?.share ?? 0);
}

/** Build -> share of the tasks, 0 to `WHOLE`: what the routing table says and what workloads keep agents for. */
export function buildShares({ agent, rollout }: FleetModel): Readonly<Record<string, number>> {
  const { underway } = rollout;
  if (underway === undefined) return { [agent.build]: WHOLE };
  const share = Math.round(reachedShare(rollout) * WHOLE);
  const shares: readonly (readonly [string, number])[] = [
    [underway.from, WHOLE - share],
    [agent.build, share],
  ];
  return Object.fromEntries([...shares].sort(([a], [b]) => compareText(a, b)));
}

/**
 * The first number of a StatefulSet's agents that gets the new version: 0 is all of them. Of a step there is at least one,
 * since tasks of a build without agents would wait.
 */
export function partitionOf({ rollout, scale }: FleetModel): number {
  const share = reachedShare(rollout);
  const renewed = share === 0 ? 0 : Math.max(1, Math.floor(scale.max * share + 1e-9));
  return scale.max - renewed;
}

/** What has to hold on a new version: the objective where the gate does not say. */
export interface Gate {
  /** Share 0..1. */
  readonly success: number;
  readonly run?: PercentileTarget;
}

export function gateOf({ rollout, slo }: FleetModel): Gate {
  const run = rollout.gate.run ?? slo.run;
  return { success: rollout.gate.success ?? slo.success, ...(run === undefined ? {} : { run: { ...run } }) };
}
