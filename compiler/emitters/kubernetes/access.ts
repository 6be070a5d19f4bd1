import type { Chart } from 'cdk8s';
import * as k8s from 'cdk8s-plus-27/lib/imports/k8s.js';
import { waves } from './context.ts';
import type { FleetContext } from './context.ts';

/** The agents' identity, which may do nothing in the cluster, and the owners' right to look. */
export function addAccess(chart: Chart, context: FleetContext): void {
  const { fleet } = context;
  new k8s.KubeServiceAccount(chart, 'account', {
    metadata: context.metadata(fleet.name, waves.access),
    automountServiceAccountToken: false,
  });
  const verbs = ['get', 'list', 'watch'];
  new k8s.KubeRole(chart, 'viewer', {
    metadata: context.metadata('fleet-viewer', waves.access),
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps', 'events', 'persistentvolumeclaims', 'pods', 'pods/log', 'services'],
        verbs,
      },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], verbs },
      { apiGroups: ['argoproj.io'], resources: ['analysisruns', 'rollouts'], verbs },
    ],
  });
  new k8s.KubeRoleBinding(chart, 'viewers', {
    metadata: context.metadata('fleet-viewer', waves.access),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'fleet-viewer' },
    subjects: fleet.team.owners.map((owner) => ({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Group',
      name: `github:${owner}`,
    })),
  });
}
