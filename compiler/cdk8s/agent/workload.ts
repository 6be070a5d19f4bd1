import { k8s } from '../k8s.ts';
import type { K8s } from '../k8s.ts';
import { present } from '../present.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import type { FleetModel } from '../../core/model.ts';
import { LABEL_PREFIX } from '../../core/names.ts';
import { deliveredSecrets } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { revisionLabel, workloadKind } from '../../core/workload.ts';
import { podTemplate } from './pod.ts';

/** What every kind of workload says of a fleet alike. */
export function workloadMetadata(context: FleetContext) {
  const { fleet, from } = context;
  const annotations = present({
    [`${LABEL_PREFIX}/description`]:
      fleet.description === undefined ? undefined : from(fleet.description, 'description'),
    [`${LABEL_PREFIX}/role`]: fleet.role === undefined ? undefined : from(fleet.role, 'role'),
    ...reloading(fleet),
  });
  const wave = workloadKind(fleet) === 'Rollout' ? waves.handOver : waves.workload;
  return context.metadata(trace(fleet.name, fleet.at), wave, annotations);
}

/**
 * With External Secrets nothing restarts what holds a secret in a variable; Reloader does. The other operator does itself. A
 * Rollout is told to restart its agents: a changed template would be a new version, with steps and a gate.
 */
function reloading(fleet: FleetModel): Readonly<Record<string, string>> {
  if (fleet.environment.secrets?.delivery !== 'eso') return {};
  const names = deliveredSecrets(fleet).filter(({ mount }) => mount === 'env');
  if (names.length === 0) return {};
  return {
    'secret.reloader.stakater.com/reload': names.map(({ name }) => name).join(','),
    ...(workloadKind(fleet) === 'Rollout' ? { 'reloader.stakater.com/rollout-strategy': 'restart' } : {}),
  };
}

/** How many agents, which, and how a new pod is trusted: the same whoever runs them. */
export function workloadSpec(context: FleetContext) {
  const { fleet, from } = context;
  const { min, max } = fleet.scale;
  return {
    // A fleet of a fixed size says it; one that is scaled leaves the number to its scaler.
    ...(min === max ? { replicas: from(max, 'scale', 'max') } : {}),
    revisionHistoryLimit: 5,
    minReadySeconds: 15,
    selector: { matchLabels: context.selector },
    template: podTemplate(context, spreadOf(context)),
  };
}

/** Pods of one version spread over zones and nodes; without their label, those of the old version would count too. */
function spreadOf({ fleet, selector }: FleetContext): K8s.TopologySpreadConstraint[] {
  const label = revisionLabel(fleet);
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey, index) => ({
    maxSkew: index + 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selector },
    ...(label === undefined ? {} : { matchLabelKeys: [label] }),
  }));
}

/** A Service of a fleet's agents. Of two versions, whoever hands over narrows it to one. */
export function serviceProps(context: FleetContext, name: string) {
  const { fleet, from } = context;
  return {
    metadata: context.metadata(trace(name, fleet.at), waves.workload),
    spec: {
      selector: context.selector,
      ports: [
        {
          name: 'http',
          port: from(fleet.agent.ports.http, 'agent', 'ports', 'http'),
          targetPort: k8s.IntOrString.fromString('http'),
          protocol: 'TCP',
          appProtocol: 'http',
        },
      ],
    },
  };
}

/** Calls go to a near agent first, where the version knows how to say so and no agent is the only one that remembers. */
export function nearestFirst({ memory, environment }: FleetModel): Record<string, string> {
  const minor = Number(environment.kubernetes.split('.')[1]);
  return memory === undefined && minor >= 31 ? { '/spec/trafficDistribution': 'PreferClose' } : {};
}
