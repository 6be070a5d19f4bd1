import { formatDuration } from '../../../spec/contract/units.ts';
import type { AcceptModel, FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/**
 * Old agents may finish what they run. A shorter drain hands work back in the middle: worth a word where somebody chose the
 * drain, or where half a run leaves traces outside. Two defaults that meet are not.
 */
export function drain(fleet: FleetModel, report: Report): void {
  const longest = longestRun(fleet);
  if (longest === undefined || fleet.rollout.drainMs >= longest.timeouts.runMs) return;
  const at = fleet.from(['rollout', 'drain']);
  if (at === fleet.at && longest.effects !== 'external') return;
  const params = {
    fleet: fleet.id,
    drain: formatDuration(fleet.rollout.drainMs),
    task: longest.task,
    run: formatDuration(longest.timeouts.runMs),
  };
  report('NT2547', at, params, {
    notes:
      longest.effects === 'external' ? ['the task has external effects: after half a run it waits for a person'] : [],
    related: [{ message: `\`${longest.task}\` is accepted here`, at: longest.at }],
  });
}

/** The accepted task with the longest run; one with external effects first. */
function longestRun(fleet: FleetModel): AcceptModel | undefined {
  const over = [...fleet.accepts.values()].filter((each) => each.timeouts.runMs > fleet.rollout.drainMs);
  const rank = (each: AcceptModel) => (each.effects === 'external' ? 1e15 : 0) + each.timeouts.runMs;
  return over.reduce<AcceptModel | undefined>(
    (best, each) => (best === undefined || rank(each) > rank(best) ? each : best),
    undefined,
  );
}
