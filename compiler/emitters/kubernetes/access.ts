import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { peopleRoles } from '../../core/names.ts';
import { peopleOf } from '../../core/people.ts';

/** The agents' identity, which may do nothing in the cluster, and what people may do to them. */
export function addAccess(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(k8s.KubeServiceAccount, {
    metadata: context.metadata(fleet.name, waves.access),
    automountServiceAccountToken: false,
  });
  const { viewers, operators, auditors } = peopleOf(fleet.team, fleet.environment);
  bind(add, context, peopleRoles.viewer, viewers);
  bind(add, context, peopleRoles.operator, operators);
  bind(add, context, peopleRoles.auditor, auditors);
}

/** Within this namespace: the roles are the same for all fleets. */
function bind(add: Add, context: FleetContext, role: string, people: readonly string[]): void {
  add(k8s.KubeRoleBinding, {
    metadata: context.metadata(role, waves.access),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: people.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name })),
  });
}
