import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { peopleRoles } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';

/** What people may do in the namespace of a fleet. Each fleet binds them to its own people, there and nowhere else. */
export function addPeopleRoles(add: Add, context: PlatformContext): void {
  const role = (name: string, rules: K8s.PolicyRule[]) =>
    add(k8s.KubeClusterRole, { metadata: context.clusterMetadata(name, waves.access), rules });
  role(peopleRoles.viewer, VIEWER);
  role(peopleRoles.operator, context.environment.facts.guarded ? OPERATOR : [...OPERATOR, ...TRYING]);
  role(peopleRoles.auditor, AUDITOR);
}

const LOOK = ['get', 'list', 'watch'];

/** Everything a fleet is and does, but for its secrets. */
const VIEWER: K8s.PolicyRule[] = [
  {
    apiGroups: [''],
    resources: ['configmaps', 'events', 'persistentvolumeclaims', 'pods', 'pods/log', 'services'],
    verbs: LOOK,
  },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets'], verbs: LOOK },
  { apiGroups: ['argoproj.io'], resources: ['analysisruns', 'analysistemplates', 'rollouts'], verbs: LOOK },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: LOOK },
  { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs: LOOK },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: LOOK },
];

/**
 * Agents are started anew by taking pods away, and a release is moved on or taken back through the status of its Rollout.
 * Refused: changing a Deployment or Rollout. Who may write a pod's template may run any image with any secret of the namespace.
 */
const OPERATOR: K8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  { apiGroups: ['argoproj.io'], resources: ['rollouts/status'], verbs: ['patch'] },
];

/**
 * Where things are tried, an agent may also be called from one's own machine. A forwarded port passes by the network policies
 * and by the mesh, so it exists nowhere else. A shell in an agent would read its secrets: nobody gets one anywhere.
 */
const TRYING: K8s.PolicyRule[] = [{ apiGroups: [''], resources: ['pods/portforward'], verbs: ['create'] }];

/** What guards a fleet: limits, networks, identities and rights; not what it works on. */
const AUDITOR: K8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['limitranges', 'resourcequotas', 'serviceaccounts'], verbs: LOOK },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: LOOK },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'], verbs: LOOK },
  { apiGroups: ['security.istio.io'], resources: ['authorizationpolicies', 'peerauthentications'], verbs: LOOK },
  {
    apiGroups: ['secrets.hashicorp.com'],
    resources: ['vaultauths', 'vaultdynamicsecrets', 'vaultstaticsecrets'],
    verbs: LOOK,
  },
  { apiGroups: ['external-secrets.io'], resources: ['externalsecrets', 'secretstores'], verbs: LOOK },
];
