import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { platformContext } from '../../core/platform-context.ts';
import { addEgress } from './egress.ts';
import { addSchedulerEgress } from './egress-access.ts';
import { addHosts } from './hosts.ts';
import { addSystem } from './system.ts';

/** The mesh rules of what all fleets of an environment share, and the one way out of the cluster. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const context = platformContext(environment);
  const manifests = synthesize(environment.at, (add) => {
    addSystem(add, context);
    addEgress(add, context);
    addHosts(add, context);
    addSchedulerEgress(add, context);
  });
  return [{ path: 'platform/istio.yaml', kind: 'manifests', manifests }];
}
