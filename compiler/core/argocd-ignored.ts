/**
 * What controllers change in the cluster because we told them to: Argo CD calls it no difference and does not write it back.
 * Each expression finds fields whose value in the repository is only where a hand-over begins.
 */
export interface IgnoredDifference {
  /** API group; empty for Kubernetes' own. */
  readonly group: string;
  readonly kind: string;
  /** JSON Pointers, or jq paths where a pointer cannot say it; exactly one of them. */
  readonly jsonPointers?: readonly string[];
  readonly jqPathExpressions?: readonly string[];
  /** Who changes it. */
  readonly by: string;
}

/**
 * Argo CD keeps the live value of an ignored field by keeping the whole list around it: whatever else stands in that list
 * never changes again. So the lists here lie in objects that hold shares and nothing else: the VirtualService without
 * hosts, and the HTTPRoute whose only rule has two versions behind it.
 *
 * Not here: the number of agents. A workload that is scaled leaves `replicas` out, so there is nothing to differ from.
 */
export const ARGOCD_IGNORED: readonly IgnoredDifference[] = [
  {
    group: 'networking.istio.io',
    kind: 'VirtualService',
    jqPathExpressions: ['select(.spec.hosts == null) | .spec.http[].route[].weight'],
    by: 'Argo Rollouts moves tasks to the new version',
  },
  {
    group: 'gateway.networking.k8s.io',
    kind: 'HTTPRoute',
    jqPathExpressions: ['.spec.rules[] | select(.backendRefs | length == 2) | .backendRefs[].weight'],
    by: 'Argo Rollouts moves tasks to the new version, in an ambient mesh',
  },
  {
    group: '',
    kind: 'Service',
    jsonPointers: ['/spec/selector/rollouts-pod-template-hash'],
    by: 'Argo Rollouts narrows a Service to one version',
  },
  {
    group: 'argoproj.io',
    kind: 'Rollout',
    jsonPointers: ['/spec/restartAt'],
    by: 'the secrets operator starts agents anew when a secret changed that they hold in a variable',
  },
  {
    group: 'litmuschaos.io',
    kind: 'ChaosEngine',
    jsonPointers: ['/spec/engineState'],
    by: 'whoever runs an experiment starts it in the cluster',
  },
];
