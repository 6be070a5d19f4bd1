import { buildNumber } from '../../../spec/contract/lane-numbers.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A hand-over that has begun leads from another build to this one, over steps that there are, and the routing table makes it. */
export function underway(fleet: FleetModel, report: Report): void {
  for (const [key, problem] of problemsOf(fleet))
    report('NT2555', fleet.from(['rollout', 'underway', key]), { fleet: fleet.id, problem });
}

function problemsOf({ agent, rollout }: FleetModel): readonly (readonly [key: 'from' | 'step', problem: string])[] {
  const { underway: begun, steps, strategy } = rollout;
  if (begun === undefined) return [];
  if (agent.delivery === 'push')
    return [['from', 'cannot be: its agents are called, and the routing table splits work that agents ask for']];
  if (strategy === 'rolling') return [['from', 'cannot be: it rolls out as rolling, which replaces agents in turn']];
  return [
    ...sameBuild(begun.from, agent.build).map((problem) => ['from', problem] as const),
    ...(begun.step > steps.length
      ? [['step', `is at step ${begun.step}, but there are ${steps.length}`] as const]
      : []),
  ];
}

/** The store knows a build by a number: agents of one would be given the tasks of the other. */
function sameBuild(from: string, to: string): readonly string[] {
  if (from === to) return [`leads from \`${from}\` to itself`];
  if (buildNumber(from) !== buildNumber(to)) return [];
  return [
    `leads from \`${from}\` to \`${to}\`, which are one to the scheduler’s store: give the new one another \`build\``,
  ];
}
