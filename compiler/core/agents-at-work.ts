import type { FleetModel } from './model.ts';
import { aggregate, gauge, join, vector, type Query, type Selector } from './promql/promql.ts';

/** The container of an agent's pod that its team writes. */
const CONTAINER = 'agent';

/**
 * How many agents of a fleet are at work, as one number. The scheduler counts those that poll. Those of a push fleet it cannot
 * count, since the mesh stands between them: there the cluster is asked how many are ready. Nothing where it is not asked (no
 * kube-state-metrics), and 0 where it is and the fleet has no pod.
 */
export function agentsAtWork(fleet: FleetModel): Query {
  const count = aggregate('sum', aggregate('max', atWork(fleet), labelsOf(fleet)));
  if (fleet.agent.delivery === 'pull') return count;
  const anybody = aggregate('count', gauge('kube_pod_container_status_ready', { container: CONTAINER }));
  return join(join(count, 'or', vector(0)), 'and', join(anybody, '>', 0));
}

/** The series whose values are added up for that. */
export function atWork({ id, namespace, agent }: FleetModel): Selector {
  return agent.delivery === 'push'
    ? gauge('kube_pod_container_status_ready', { namespace, container: CONTAINER })
    : gauge('nova_agents', { fleet: id, state: { oneOf: ['idle', 'busy'] } });
}

/** What tells them apart; each scheduler, and each copy of what watches the cluster, says the same. */
function labelsOf({ agent }: FleetModel): readonly string[] {
  return agent.delivery === 'push' ? ['pod'] : ['fleet', 'state'];
}
