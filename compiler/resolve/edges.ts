import type { FleetModel } from '../core/model.ts';
import { sortedEntries } from './amounts.ts';
import type { EnvironmentContext } from './context.ts';
import { peerOf } from './fleet.ts';
import type { Linking } from './fleet.ts';
import { didYouMean, findFleet } from './references.ts';

/** Links `talksTo`: each edge is known at both of its ends. */
export function linkEdges(fleets: readonly Linking[], context: EnvironmentContext): void {
  const byId = new Map(fleets.map((linking) => [linking.fleet.id, linking]));
  for (const { fleet, talksTo } of fleets) {
    for (const [ref, { tasks }] of sortedEntries(talksTo)) {
      const at = fleet.from(['talksTo', ref], 'key');
      const id = findFleet(context, ref, fleet.team.name, at);
      const target = id === undefined ? undefined : byId.get(id)?.fleet;
      if (target === undefined) continue;
      const asked = acceptedTasks(fleet, target, ref, tasks, context);
      const edge = { from: peerOf(fleet), to: peerOf(target), tasks: asked, at };
      fleet.calls.push(edge);
      target.calledBy.push(edge);
    }
  }
}

function acceptedTasks(
  fleet: FleetModel,
  target: FleetModel,
  ref: string,
  tasks: readonly string[] | undefined,
  context: EnvironmentContext,
): readonly string[] {
  if (tasks === undefined) return [...target.accepts.keys()];
  return tasks.filter((task, index) => {
    if (target.accepts.has(task)) return true;
    const related = [{ message: 'what it accepts is here', at: target.from(['accepts'], 'key') }];
    const details = { ...didYouMean(task, target.accepts.keys()), related };
    context.report('NT2010', fleet.from(['talksTo', ref, 'tasks', index]), { fleet: target.id, task }, details);
    return false;
  });
}
