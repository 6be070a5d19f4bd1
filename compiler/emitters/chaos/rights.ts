import type { K8s } from '../../cdk8s/k8s.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import { chaos, namespaces } from '../../core/names.ts';

/**
 * What experiments may do where their targets are: find pods, learn whose they are, delete them. Their jobs, helpers, events
 * and results stay in their own namespace.
 */
export const TARGET_RULES: K8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'delete'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], verbs: ['get', 'list'] },
  { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: ['get', 'list'] },
];

/** What they may do in their own namespace: run their jobs and helpers, and write results. */
export const OWN_RULES: K8s.PolicyRule[] = [
  {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update'],
  },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'list', 'patch', 'update'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete', 'deletecollection', 'get', 'list'] },
  {
    apiGroups: ['litmuschaos.io'],
    resources: ['chaosengines', 'chaosexperiments', 'chaosresults'],
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
  },
];

/** Lets experiments into one namespace. */
export function targetBinding(metadata: Metadata): K8s.KubeRoleBindingProps {
  return {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: chaos.targetRole },
    subjects: [{ kind: 'ServiceAccount', name: chaos.account, namespace: namespaces.chaos }],
  };
}
