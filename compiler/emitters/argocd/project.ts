import type { GroupKind } from '../../core/guards.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { trace } from '../../core/trace.ts';
import type { Repository } from './application.ts';
import type { AppProject, Destination } from './types.ts';
import { syncWindows } from './windows.ts';

/** What stands in every project: one repository, exactly these namespaces of one cluster, and no kind that is not listed. */
export function projectSpec(
  environment: EnvironmentModel,
  repository: Repository,
  project: {
    readonly description: string;
    readonly destinations: readonly Destination[];
    readonly clusterKinds: readonly GroupKind[];
    readonly kinds: readonly GroupKind[];
    readonly refused: readonly GroupKind[];
  },
): AppProject['spec'] {
  const windows = syncWindows(environment);
  return {
    description: project.description,
    sourceRepos: [trace(repository.url, environment.company.from(['repository', 'url']))],
    destinations: project.destinations,
    clusterResourceWhitelist: project.clusterKinds,
    namespaceResourceWhitelist: project.kinds,
    namespaceResourceBlacklist: project.refused,
    ...(windows.length === 0 ? {} : { syncWindows: windows }),
  };
}

/** A namespace of the environment's cluster. */
export function destination(environment: EnvironmentModel, namespace: string): Destination {
  return { server: trace(environment.facts.server, environment.from(['cluster', 'server'])), namespace };
}

/** An application or project keeps its name for as long as something stands in it. */
export const KEPT_WHILE_USED = ['resources-finalizer.argocd.argoproj.io'] as const;
