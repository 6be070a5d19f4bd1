import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { namespaces } from '../../core/names.ts';
import { platformContext } from '../../core/platform-context.ts';
import { addCollectors } from './collector.ts';
import { addLogs } from './logs.ts';
import { addTelemetryNetwork } from './network.ts';
import { addSearchCluster } from './search-cluster.ts';
import { searchOf } from './search.ts';
import { addSetup } from './setup-job.ts';

/** Where traces and logs go: collectors and Jaeger, and with an Elasticsearch the logs and what sets it up. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const context = platformContext(environment);
  const search = searchOf(environment);
  const traces = synthesize(environment.at, (add) => {
    add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.observability) });
    addTelemetryNetwork(add, context, search);
    addCollectors(add, context, search);
  });
  const files: Artifact[] = [{ path: 'platform/traces.yaml', kind: 'manifests', manifests: traces }];
  if (search === undefined) return files;
  const logs = synthesize(environment.at, (add) => {
    if (search.own) addSearchCluster(add, context);
    addSetup(add, context, search);
    addLogs(add, context, search);
  });
  return [...files, { path: 'platform/logs.yaml', kind: 'manifests', manifests: logs }];
}
