import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import { formatCpu, formatSize } from '../../../spec/contract/units.ts';
import { largest } from '../../core/largest.ts';
import type { FleetModel } from '../../core/model.ts';
import { hasWaypoint } from '../../core/mesh-calls.ts';
import { LABEL_PREFIX, mesh } from '../../core/names.ts';
import { present } from '../../cdk8s/present.ts';
import { proxyOf, waypointOf } from '../../cdk8s/agent/proxy.ts';
import { KEPT, waveAnnotation, waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';

/** The fleet's namespace: restricted, in the mesh, and bounded by what the fleet may need at its largest. */
export function addNamespace(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const { team, environment } = fleet;
  add(k8s.KubeNamespace, {
    metadata: {
      name: from(fleet.namespace),
      labels: {
        ...context.labels,
        ...securityLabels(fleet),
        ...meshLabels(fleet),
        [`${LABEL_PREFIX}/company`]: environment.company,
      },
      annotations: present({
        ...waveAnnotation(waves.namespace),
        ...KEPT,
        [`${LABEL_PREFIX}/owners`]: team.owners.join(','),
        [`${LABEL_PREFIX}/oncall`]: team.oncall,
      }),
    },
  });
  add(k8s.KubeResourceQuota, {
    metadata: context.metadata('fleet', waves.guard),
    spec: { hard: quotaOf(context) },
  });
  add(k8s.KubeLimitRange, {
    metadata: context.metadata('fleet', waves.guard),
    spec: { limits: [containerLimits(context)] },
  });
}

/** Restricted Pod Security, by the rules of the environment's own version, so that an upgrade changes nothing unseen. */
function securityLabels({ environment }: FleetModel): Record<string, string> {
  const version = `v${environment.kubernetes}`;
  return Object.fromEntries(
    ['enforce', 'warn', 'audit'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
}

function meshLabels(fleet: FleetModel): Record<string, string> {
  const { environment } = fleet;
  if (environment.mesh === 'sidecar') return { 'istio.io/rev': environment.meshRevision };
  const waypoint = hasWaypoint(fleet) ? { 'istio.io/use-waypoint': mesh.waypoint } : {};
  return { 'istio.io/dataplane-mode': 'ambient', ...waypoint };
}

/** One pod above the most, so that a pod that is still going does not hold up its successor; each with its proxy. */
function quotaOf({ fleet, from }: FleetContext): Record<string, K8s.Quantity> {
  const { cpuMillis, memoryBytes, ephemeralBytes } = fleet.agent.resources;
  const proxy = proxyOf(fleet);
  const waypoint = waypointOf(fleet);
  const pods = largest(fleet).pods + 1;
  const text = (value: string, ...path: string[]) => k8s.Quantity.fromString(from(value, ...path));
  const volumes = fleet.memory === undefined ? 0 : fleet.scale.max;
  return {
    pods: text(String(pods + waypoint.pods), 'scale', 'max'),
    'requests.cpu': text(
      formatCpu(pods * (cpuMillis + proxy.cpuMillis) + waypoint.cpuMillis),
      'agent',
      'resources',
      'cpu',
    ),
    'requests.memory': text(
      formatSize(pods * (memoryBytes + proxy.memoryBytes) + waypoint.memoryBytes),
      'agent',
      'resources',
      'memory',
    ),
    'limits.memory': text(
      formatSize(pods * (memoryBytes + proxy.memoryLimitBytes) + waypoint.memoryLimitBytes),
      'agent',
      'resources',
      'memory',
    ),
    'requests.ephemeral-storage': text(
      formatSize(pods * (ephemeralBytes + proxy.ephemeralBytes) + waypoint.ephemeralBytes),
      'agent',
      'resources',
      'ephemeral',
    ),
    persistentvolumeclaims: text(String(volumes), 'scale', 'max'),
    ...(fleet.memory === undefined
      ? {}
      : { 'requests.storage': text(formatSize(volumes * fleet.memory.sizeBytes), 'memory', 'size') }),
    'services.loadbalancers': k8s.Quantity.fromString('0'),
    'services.nodeports': k8s.Quantity.fromString('0'),
  };
}

/** What a container gets that says nothing, and the most it may say. No limit on processor: throttling breaks latency. */
function containerLimits({ fleet, from }: FleetContext): K8s.LimitRangeItem {
  const { memoryBytes, ephemeralBytes } = fleet.agent.resources;
  const quantity = (value: string) => k8s.Quantity.fromString(value);
  const least = (bytes: number, floor: number) => formatSize(Math.max(bytes, floor));
  return {
    type: 'Container',
    defaultRequest: { cpu: quantity('100m'), memory: quantity('128Mi'), 'ephemeral-storage': quantity('64Mi') },
    default: { memory: quantity('256Mi'), 'ephemeral-storage': quantity('512Mi') },
    max: {
      memory: k8s.Quantity.fromString(from(least(memoryBytes, 1024 * MIB), 'agent', 'resources', 'memory')),
      'ephemeral-storage': k8s.Quantity.fromString(
        from(least(ephemeralBytes, 1024 * MIB), 'agent', 'resources', 'ephemeral'),
      ),
    },
  };
}

const MIB = 2 ** 20;
