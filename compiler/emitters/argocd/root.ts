import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { namespaces } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { COMPARE, applicationSpec } from './application.ts';
import type { Repository } from './application.ts';
import { ROOT_KINDS } from './kinds.ts';
import { OWN_CLUSTER, platformName } from './names.ts';
import { KEPT_WHILE_USED, projectSpec } from './project.ts';
import { steps } from './steps.ts';
import type { AppProject, Application } from './types.ts';

/**
 * The application that applies all others, itself included. A person applies it once. It stands in no freeze, since a freeze
 * could not be lifted otherwise, and never takes anything away: an application that is gone may take its objects with it.
 */
export function addRoot(add: Add, context: PlatformContext, repository: Repository): void {
  const { environment } = context;
  const name = platformName('root', environment);
  const here = { server: OWN_CLUSTER, namespace: namespaces.argocd };
  const { syncWindows: _, ...spec } = projectSpec(environment, repository, {
    description: `Projects and applications of ${environment.name}`,
    destinations: [here],
    clusterKinds: [],
    kinds: ROOT_KINDS,
    refused: [],
  });
  const metadata = context.metadata(namespaces.argocd, name, steps.projects);
  add(customResource<AppProject>('argoproj.io/v1alpha1', 'AppProject'), {
    metadata: { ...metadata, finalizers: KEPT_WHILE_USED },
    spec,
  });
  add(customResource<Application>('argoproj.io/v1alpha1', 'Application'), {
    metadata: context.metadata(namespaces.argocd, name, steps.projects, COMPARE),
    spec: applicationSpec({
      environment,
      repository,
      project: name,
      folder: 'argocd',
      include: '{root,platform,team-*}.yaml',
      destination: here,
      kinds: ROOT_KINDS,
      prune: false,
    }),
  });
}
