import { formatPercent } from '../../../spec/contract/units.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A canary has steps, they grow and stay below everything, and whoever moves the share can do it. */
export function canary(fleet: FleetModel, report: Report): void {
  if (fleet.rollout.strategy === 'canary') checkCanary(fleet, report);
  else checkOther(fleet, report);
}

function checkCanary(fleet: FleetModel, report: Report): void {
  const { steps } = fleet.rollout;
  if (steps.length === 0) report('NT2541', fleet.from(['rollout', 'strategy']), { fleet: fleet.id });
  checkSteps(fleet, report);
  if (fleet.rollout.split === 'mesh') checkMesh(fleet, report);
  else checkRouting(fleet, report);
}

function checkSteps(fleet: FleetModel, report: Report): void {
  let before = 0;
  for (const [index, { share }] of fleet.rollout.steps.entries()) {
    const at = fleet.from(['rollout', 'steps', index, 'weight']);
    const weight = formatPercent(share);
    if (share >= 1)
      report('NT2540', at, {
        fleet: fleet.id,
        weight,
        problem: 'is all tasks, which is what comes after the last step',
      });
    else if (share === 0) report('NT2540', at, { fleet: fleet.id, weight, problem: 'shows the new version no task' });
    else if (share <= before)
      report('NT2540', at, {
        fleet: fleet.id,
        weight,
        problem: `is not above the step before it, ${formatPercent(before)}`,
      });
    else if (fleet.rollout.split === 'mesh' && !isWhole(share * 100))
      report('NT2540', at, { fleet: fleet.id, weight, problem: 'is no whole percent, and the mesh moves no others' });
    before = Math.max(before, share);
  }
}

function isWhole(percent: number): boolean {
  return Math.abs(percent - Math.round(percent)) < 1e-9;
}

/** The routing table says which build gets a task; agents that are called are behind one address for all builds. */
function checkRouting(fleet: FleetModel, report: Report): void {
  if (fleet.agent.delivery === 'pull') return;
  report(
    'NT2554',
    fleet.from(['rollout', 'split']),
    { fleet: fleet.id },
    { related: [{ message: 'its agents are called', at: fleet.from(['agent', 'delivery']) }] },
  );
}

/** The mesh splits requests. A pull fleet receives none, and a fleet with memory cannot run two versions side by side. */
function checkMesh(fleet: FleetModel, report: Report): void {
  const at = fleet.from(['rollout', 'split']);
  const fix = { title: 'let the routing table move the share', edits: [{ at, text: 'routing' }] };
  const written = at !== fleet.at;
  if (fleet.agent.delivery === 'pull') {
    const related = [{ message: 'its agents ask for work', at: fleet.from(['agent', 'delivery']) }];
    report('NT2542', at, { fleet: fleet.id }, { related, ...(written ? { fix } : {}) });
  } else if (fleet.memory !== undefined) {
    report(
      'NT2543',
      at,
      { fleet: fleet.id },
      { related: [{ message: 'its memory', at: fleet.from(['memory'], 'key') }] },
    );
  }
}

function checkOther(fleet: FleetModel, report: Report): void {
  const { strategy, steps } = fleet.rollout;
  if (steps.length === 0) return;
  report(
    'NT2544',
    fleet.from(['rollout', 'steps'], 'key'),
    { fleet: fleet.id, strategy },
    {
      related: [{ message: 'the strategy', at: fleet.from(['rollout', 'strategy']) }],
    },
  );
}
