import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { AGENT_PRIORITY, labels, namespaces } from '../../core/names.ts';

/** Agents go before batch work and after the platform's own pods. */
const AGENT_PRIORITY_VALUE = 100_000;

/** What all fleets of an environment share. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const common = {
    [labels.environment]: environment.name,
    [labels.partOf]: 'nova-torch',
    [labels.managedBy]: 'nova-torch',
  };
  const wave = (number: number) => ({ 'argocd.argoproj.io/sync-wave': String(number) });
  const manifests = synthesize(environment.at, (add) => {
    add(k8s.KubePriorityClass, {
      metadata: { name: AGENT_PRIORITY, labels: common, annotations: wave(-8) },
      value: AGENT_PRIORITY_VALUE,
      globalDefault: false,
      preemptionPolicy: 'PreemptLowerPriority',
      description: 'Agents: above batch work, below the scheduler and its store.',
    });
    add(k8s.KubeNamespace, {
      metadata: { name: namespaces.system, labels: { ...common, ...security(environment) }, annotations: wave(-8) },
    });
  });
  return [{ path: 'platform/kubernetes.yaml', kind: 'manifests', manifests }];
}

/** Restricted Pod Security, by the rules of the environment's version; in the mesh as the fleets are. */
function security({ facts }: EnvironmentModel): Record<string, string> {
  return {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': `v${facts.kubernetes}`,
    ...(facts.mesh === 'ambient' ? { 'istio.io/dataplane-mode': 'ambient' } : { 'istio.io/rev': facts.meshRevision }),
  };
}
