import type { FleetModel } from '../../core/model.ts';

/**
 * Whether a failed gate takes the new version away by itself. Of agents that pull it never does: the routing table decides
 * who gets tasks, and agents that it sends tasks to must not vanish. Their rollout waits, and whoever moves the shares
 * takes them back first.
 */
export function decides({ agent, rollout }: FleetModel): boolean {
  return agent.delivery === 'push' && rollout.onFailure === 'rollback';
}
