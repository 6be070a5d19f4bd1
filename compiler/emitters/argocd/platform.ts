import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { ALL_GUARD_FILES, guardFiles } from '../../core/guards.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { namespaces } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { trace } from '../../core/trace.ts';
import { COMPARE, MANIFESTS, applicationSpec, asGuarded } from './application.ts';
import type { Repository } from './application.ts';
import { applicationSetSpec } from './application-set.ts';
import {
  GUARD_CLUSTER_KINDS,
  REFUSED_TO_PLATFORM,
  guardKinds,
  keepsLogs,
  platformClusterKinds,
  platformKinds,
} from './kinds.ts';
import { platformName } from './names.ts';
import { KEPT_WHILE_USED, destination, projectSpec } from './project.ts';
import type { AppProject, Application, ApplicationSet } from './types.ts';
import { steps } from './steps.ts';

/** What all fleets share. Projects come first, teams' applications last: their namespaces must be there. */
export function addPlatform(add: Add, context: PlatformContext, repository: Repository): void {
  const { environment } = context;
  const name = platformName('platform', environment);
  const kinds = platformKinds(environment);
  const metadata = context.metadata(namespaces.argocd, name, steps.projects);
  add(customResource<AppProject>('argoproj.io/v1alpha1', 'AppProject'), {
    metadata: { ...metadata, finalizers: KEPT_WHILE_USED },
    spec: projectSpec(environment, repository, {
      description: `What all fleets of ${environment.name} share`,
      destinations: platformNamespaces(environment).map((namespace) => destination(environment, namespace)),
      clusterKinds: platformClusterKinds(environment),
      kinds,
      refused: REFUSED_TO_PLATFORM,
    }),
  });
  add(customResource<Application>('argoproj.io/v1alpha1', 'Application'), {
    metadata: context.metadata(namespaces.argocd, name, steps.platform, COMPARE),
    spec: applicationSpec({
      environment,
      repository,
      project: name,
      folder: 'platform',
      include: MANIFESTS.include,
      exclude: `{${ALL_GUARD_FILES},*.rules.yaml,*.test.yaml}`,
      destination: destination(environment, namespaces.system),
      kinds: [...kinds, ...platformClusterKinds(environment)],
      prune: asGuarded(environment, !environment.facts.guarded),
    }),
  });
}

/**
 * What guards the fleets: an application for each, so that one which fails stops no other. What is revoked must go, so they
 * take away by themselves everywhere; a namespace they may not take away without being asked.
 */
export function addGuards(add: Add, context: PlatformContext, repository: Repository): void {
  const { environment } = context;
  const name = platformName('guards', environment);
  const fleets = [...environment.fleets.values()];
  const kinds = guardKinds(environment);
  const metadata = context.metadata(namespaces.argocd, name, steps.projects);
  add(customResource<AppProject>('argoproj.io/v1alpha1', 'AppProject'), {
    metadata: { ...metadata, finalizers: KEPT_WHILE_USED },
    spec: projectSpec(environment, repository, {
      description: `What guards the fleets of ${environment.name}`,
      destinations: [...guardedNamespaces(environment), ...fleets.map(({ namespace, at }) => trace(namespace, at))].map(
        (namespace) => destination(environment, namespace),
      ),
      clusterKinds: GUARD_CLUSTER_KINDS,
      kinds,
      refused: REFUSED_TO_PLATFORM,
    }),
  });
  const include = guardFiles({ namespace: '{{ .namespace }}' });
  const path = `/generated/${environment.name}/platform/*-{{ .namespace }}.yaml`;
  const spec = applicationSpec({
    environment,
    repository,
    project: name,
    folder: 'platform',
    include,
    destination: destination(environment, '{{ .namespace }}'),
    kinds,
    prune: true,
  });
  add(customResource<ApplicationSet>('argoproj.io/v1alpha1', 'ApplicationSet'), {
    metadata: context.metadata(namespaces.argocd, name, steps.guards),
    spec: applicationSetSpec(environment, fleets, spec, {
      part: 'guards',
      annotations: { 'argocd.argoproj.io/manifest-generate-paths': path },
    }),
  });
}

/** Namespaces of what all fleets share. */
function platformNamespaces({ facts }: EnvironmentModel): readonly string[] {
  const { system, dragonfly, observability, egress, chaos, logs, vault } = namespaces;
  const always = [system, dragonfly, observability, egress, chaos];
  return [...always, ...(keepsLogs(facts) ? [logs] : []), ...(facts.secrets === undefined ? [] : [vault])].sort();
}

/** Where fleets are guarded besides their own namespaces: at the scheduler, the way out, the secrets and the experiments. */
function guardedNamespaces({ facts }: EnvironmentModel): readonly string[] {
  const { system, egress, chaos, vault } = namespaces;
  return [system, egress, chaos, ...(facts.secrets === undefined ? [] : [vault])].sort();
}
