import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';

/** The agents' identity, which may do nothing in the cluster, and the owners' right to look. */
export function addAccess(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(k8s.KubeServiceAccount, {
    metadata: context.metadata(fleet.name, waves.access),
    automountServiceAccountToken: false,
  });
  const verbs = ['get', 'list', 'watch'];
  add(k8s.KubeRole, {
    metadata: context.metadata('fleet-viewer', waves.access),
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps', 'events', 'persistentvolumeclaims', 'pods', 'pods/log', 'services'],
        verbs,
      },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], verbs },
      { apiGroups: ['argoproj.io'], resources: ['analysisruns', 'analysistemplates', 'rollouts'], verbs },
    ],
  });
  add(k8s.KubeRoleBinding, {
    metadata: context.metadata('fleet-viewer', waves.access),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'fleet-viewer' },
    subjects: fleet.team.owners.map((owner) => ({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Group',
      name: `github:${owner}`,
    })),
  });
}
