import { GUARDS } from '../../core/guards.ts';
import type { GroupKind } from '../../core/guards.ts';
import type { EnvironmentFacts, EnvironmentModel } from '../../core/model.ts';

/**
 * Kinds that each project may apply: those that are made for this environment and no others. A kind that is missing here
 * would stop a sync, so a test compares these lists with what is made.
 */

/** Of a team's fleets. All that can run agents is listed: a fleet that changes from one to another must lose the old one. */
export function teamKinds({ facts }: EnvironmentModel): readonly GroupKind[] {
  return [
    ...of('', 'ConfigMap', 'Service', 'ServiceAccount'),
    ...of('apps', 'Deployment', 'StatefulSet'),
    ...of('argoproj.io', 'AnalysisTemplate', 'Rollout'),
    ...of('policy', 'PodDisruptionBudget'),
    ...of('keda.sh', 'ScaledObject'),
    ...of('monitoring.coreos.com', 'PodMonitor', 'PrometheusRule'),
    ...dashboards(facts),
    ...of('networking.istio.io', 'DestinationRule'),
    ...of('telemetry.istio.io', 'Telemetry'),
    ...(facts.mesh === 'ambient'
      ? of('gateway.networking.k8s.io', 'Gateway', 'HTTPRoute')
      : of('networking.istio.io', 'Sidecar', 'VirtualService')),
    ...delivered(facts),
    ...(facts.secrets?.delivery === 'vso' ? of('secrets.hashicorp.com', 'VaultDynamicSecret') : []),
  ];
}

/** Of a team's projects they are refused by name as well, should the list above ever grow. */
export function refusedToTeams(): readonly GroupKind[] {
  return [...of('', 'Secret'), ...GUARDS.filter(({ kind }) => kind !== 'Namespace'), ...APPLICATIONS];
}

/** Argo CD's own: whoever may make one could leave its project. */
const APPLICATIONS = of('argoproj.io', 'AppProject', 'Application', 'ApplicationSet');

/** Never through a project of the platform either. */
export const REFUSED_TO_PLATFORM = [...of('', 'Secret'), ...APPLICATIONS];

/** Of Argo CD's own namespace. */
export const ROOT_KINDS = APPLICATIONS;

/** What guards fleets. */
export function guardKinds({ facts }: EnvironmentModel): readonly GroupKind[] {
  return [
    ...of('', 'LimitRange', 'ResourceQuota'),
    ...of('networking.k8s.io', 'NetworkPolicy'),
    ...of('rbac.authorization.k8s.io', 'RoleBinding'),
    ...of('security.istio.io', 'AuthorizationPolicy', 'PeerAuthentication'),
    ...of('litmuschaos.io', 'ChaosEngine'),
    ...administered(facts),
  ];
}

/** Those of them that have no namespace. */
export const GUARD_CLUSTER_KINDS = of('', 'Namespace');

/** What all fleets share. */
export function platformKinds({ facts }: EnvironmentModel): readonly GroupKind[] {
  return [
    ...of('', 'ConfigMap', 'Service', 'ServiceAccount'),
    ...of('apps', ...(facts.mesh === 'sidecar' ? ['Deployment'] : []), 'StatefulSet'),
    ...of('policy', 'PodDisruptionBudget'),
    ...of('networking.k8s.io', 'NetworkPolicy'),
    ...of('rbac.authorization.k8s.io', 'Role', 'RoleBinding'),
    ...of('dragonflydb.io', 'Dragonfly'),
    ...of('litmuschaos.io', 'ChaosEngine', 'ChaosExperiment'),
    ...of('monitoring.coreos.com', 'AlertmanagerConfig', 'PodMonitor', 'PrometheusRule'),
    ...dashboards(facts),
    ...of('opentelemetry.io', 'OpenTelemetryCollector'),
    ...(keepsLogs(facts) ? [...of('batch', 'Job'), ...of('fluentbit.fluent.io', 'FluentBit')] : []),
    ...(keepsLogs(facts) && facts.observability?.elasticsearch === undefined
      ? of('elasticsearch.k8s.elastic.co', 'Elasticsearch')
      : []),
    ...of('networking.istio.io', 'DestinationRule', 'ServiceEntry'),
    ...of('security.istio.io', 'AuthorizationPolicy', 'PeerAuthentication'),
    ...of('telemetry.istio.io', 'Telemetry'),
    ...(facts.mesh === 'ambient'
      ? of('gateway.networking.k8s.io', 'Gateway')
      : of('networking.istio.io', 'Gateway', 'VirtualService')),
    ...delivered(facts),
    ...administered(facts),
    ...(facts.secrets?.delivery === 'vso' ? of('secrets.hashicorp.com', 'VaultConnection') : []),
  ];
}

export function platformClusterKinds({ facts }: EnvironmentModel): readonly GroupKind[] {
  const logs = ['ClusterFilter', 'ClusterFluentBitConfig', 'ClusterInput', 'ClusterOutput'];
  return [
    ...of('', 'Namespace'),
    ...of('scheduling.k8s.io', 'PriorityClass'),
    ...of('rbac.authorization.k8s.io', 'ClusterRole'),
    ...(keepsLogs(facts) ? of('fluentbit.fluent.io', ...logs) : []),
  ];
}

/** Logs go to an Elasticsearch, which asks for a login. */
export function keepsLogs({ observability, secrets }: EnvironmentFacts): boolean {
  return observability !== undefined && secrets !== undefined;
}

function dashboards({ observability }: EnvironmentFacts): readonly GroupKind[] {
  switch (observability?.grafanaOutput) {
    case 'operator':
      return of('grafana.integreatly.org', 'GrafanaDashboard');
    case 'operator-v2':
      return of('grafana.integreatly.org', 'GrafanaManifest');
    default:
      return [];
  }
}

/** How secrets arrive. */
function delivered({ secrets }: EnvironmentFacts): readonly GroupKind[] {
  switch (secrets?.delivery) {
    case 'vso':
      return of('secrets.hashicorp.com', 'VaultAuth', 'VaultStaticSecret');
    case 'eso':
      return of('external-secrets.io', 'ExternalSecret', 'SecretStore');
    case undefined:
      return [];
  }
}

/** How the secrets server learns who may read what. */
function administered({ secrets }: EnvironmentFacts): readonly GroupKind[] {
  return secrets === undefined ? [] : of('redhatcop.redhat.io', 'KubernetesAuthEngineRole', 'Policy');
}

function of(group: string, ...kinds: readonly string[]): readonly GroupKind[] {
  return kinds.map((kind) => ({ group, kind }));
}
