import type { Json } from '../../../spec/contract/source.ts';
import { ARGOCD_IGNORED } from '../../core/argocd-ignored.ts';
import type { GroupKind } from '../../core/guards.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { labels } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import type { ApplicationSpec, Destination } from './types.ts';

/** The repository that everything comes from; nothing without one, since then nothing is deployed from anywhere. */
export type Repository = NonNullable<EnvironmentModel['company']['repository']>;

/** What an application reads, applies and where. */
interface Question {
  readonly environment: EnvironmentModel;
  readonly repository: Repository;
  readonly project: string;
  /** A folder below `generated/<environment>/`. */
  readonly folder: string;
  readonly include: string;
  readonly exclude?: string;
  readonly destination: Destination;
  /** Kinds of its project: differences of others cannot be. */
  readonly kinds: readonly GroupKind[];
  /** Whether what is in the repository no more is taken away without being asked. */
  readonly prune: boolean;
}

/**
 * An application as all of ours are: it follows the repository, mends what somebody changed by hand, never takes everything
 * away at once, and refuses to share an object with another application.
 */
export function applicationSpec({
  environment,
  repository,
  folder,
  include,
  exclude,
  kinds,
  ...rest
}: Question): ApplicationSpec {
  const { company } = environment;
  const ignored = ignoredOf(kinds);
  return {
    project: rest.project,
    source: {
      repoURL: trace(repository.url, company.from(['repository', 'url'])),
      targetRevision: trace(repository.branch, company.from(['repository', 'branch'])),
      path: `generated/${environment.name}/${folder}`,
      directory: { recurse: false, include, ...(exclude === undefined ? {} : { exclude }) },
    },
    destination: rest.destination,
    revisionHistoryLimit: 10,
    ...(ignored.length === 0 ? {} : { ignoreDifferences: ignored }),
    syncPolicy: {
      automated: { enabled: true, prune: rest.prune, selfHeal: true, allowEmpty: false },
      syncOptions: [
        'ApplyOutOfSyncOnly=true',
        'CreateNamespace=false',
        'FailOnSharedResource=true',
        'PruneLast=true',
        'RespectIgnoreDifferences=true',
        'ServerSideApply=true',
      ],
      // Half an hour in all: on a new cluster operators and namespaces of others take their time.
      retry: { limit: 10, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
    },
  };
}

function ignoredOf(kinds: readonly GroupKind[]): NonNullable<ApplicationSpec['ignoreDifferences']> {
  return ARGOCD_IGNORED.filter(({ group, kind }) =>
    kinds.some((allowed) => allowed.group === group && allowed.kind === kind),
  ).map(({ group, kind, jsonPointers, jqPathExpressions }) => ({
    ...(group === '' ? {} : { group }),
    kind,
    ...(jsonPointers === undefined ? {} : { jsonPointers }),
    ...(jqPathExpressions === undefined ? {} : { jqPathExpressions }),
  }));
}

/** Differences as the API server sees them: defaults that it fills in are none. */
export const COMPARE = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' } as const;

/** Kubernetes manifests, and not what else lies beside them: rules and their tests are YAML as well, but no objects. */
export const MANIFESTS = { include: '*.yaml', exclude: '{*.rules.yaml,*.test.yaml}' } as const;

/** Labels of an application of one fleet; the values come from the generator. */
export function fleetLabels({ name }: EnvironmentModel): Readonly<Record<string, string>> {
  return {
    [labels.environment]: name,
    [labels.fleet]: '{{ .fleet }}',
    [labels.managedBy]: 'nova-torch',
    [labels.partOf]: 'nova-torch',
    [labels.team]: '{{ .team }}',
  };
}

/** A value that follows from where the environment stands in the order of promotion. */
export function asGuarded<T extends Json>({ company }: EnvironmentModel, value: T): T {
  return trace(value, company.from(['environments']));
}
