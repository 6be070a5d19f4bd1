import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { FleetModel, TeamModel } from '../../core/model.ts';
import { labels, namespaces } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { trace } from '../../core/trace.ts';
import { MANIFESTS, applicationSpec, asGuarded } from './application.ts';
import type { Repository } from './application.ts';
import { applicationSetSpec } from './application-set.ts';
import { refusedToTeams, teamKinds } from './kinds.ts';
import { teamProject } from './names.ts';
import { projectRoles } from './permissions.ts';
import { KEPT_WHILE_USED, destination, projectSpec } from './project.ts';
import { steps } from './steps.ts';
import type { AppProject, ApplicationSet } from './types.ts';

/** A team's project, with the rights of its people, and an application for each of its fleets. */
export function addTeam(
  add: Add,
  context: PlatformContext,
  team: TeamModel,
  fleets: readonly FleetModel[],
  repository: Repository,
): void {
  const { environment } = context;
  const name = teamProject(team.name, environment);
  const kinds = teamKinds(environment);
  const meta = (wave: number) => {
    const metadata = context.metadata(namespaces.argocd, name, wave);
    return { ...metadata, labels: { ...metadata.labels, [labels.team]: trace(team.name, team.at) } };
  };
  add(customResource<AppProject>('argoproj.io/v1alpha1', 'AppProject'), {
    metadata: { ...meta(steps.projects), finalizers: KEPT_WHILE_USED },
    spec: {
      ...projectSpec(environment, repository, {
        description: descriptionOf(team, context),
        destinations: fleets.map(({ namespace, at }) => destination(environment, trace(namespace, at))),
        clusterKinds: [],
        kinds,
        refused: refusedToTeams(),
      }),
      orphanedResources: { warn: true, ignore: [{ kind: 'ConfigMap', name: 'istio-ca-root-cert' }] },
      roles: projectRoles(name, team, environment),
    },
  });
  const spec = applicationSpec({
    environment,
    repository,
    project: name,
    folder: `teams/${team.name}/{{ .fleet }}`,
    ...MANIFESTS,
    destination: destination(environment, '{{ .namespace }}'),
    kinds,
    prune: asGuarded(environment, !environment.facts.guarded),
  });
  add(customResource<ApplicationSet>('argoproj.io/v1alpha1', 'ApplicationSet'), {
    metadata: meta(steps.teams),
    spec: applicationSetSpec(environment, fleets, spec, { annotations: { ...OWN_FOLDER, ...marker(context) } }),
  });
}

/** Only what changes in its own folder makes an application look again. */
const OWN_FOLDER = { 'argocd.argoproj.io/manifest-generate-paths': '.' } as const;

/** Each deployment becomes an annotation in Grafana, found by these tags. */
function marker({ environment }: PlatformContext): Readonly<Record<string, string>> {
  if (environment.facts.observability === undefined) return {};
  const tags = `nova-torch|${environment.name}|{{ .team }}/{{ .fleet }}`;
  return { 'notifications.argoproj.io/subscribe.on-deployed.grafana': tags };
}

function descriptionOf(team: TeamModel, { environment }: PlatformContext): string {
  const whose = `Fleets of ${team.name} in ${environment.name} of ${environment.company.name}`;
  const what = team.description;
  return what === undefined ? whose : trace(`${whose}. ${what}`, team.from(['description']));
}
