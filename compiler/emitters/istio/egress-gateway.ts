import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { SCHEDULER_PRIORITY, mesh, namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';

/** Where the proxy says that it is ready. */
const READY_PORT = 15021;

/** The gateway that fleets leave the cluster by: a proxy of the mesh that runs alone. */
export function addGateway(add: Add, context: PlatformContext): void {
  const metadata = (wave: number) => {
    const made = context.metadata(namespaces.egress, mesh.egress, wave);
    return { ...made, labels: { ...made.labels, ...pods.egressGateway } };
  };
  add(k8s.KubeServiceAccount, { metadata: metadata(waves.access), automountServiceAccountToken: false });
  add(k8s.KubeService, {
    metadata: metadata(waves.mesh),
    spec: {
      selector: { ...pods.egressGateway },
      ports: [
        {
          name: 'tls-egress',
          port: ports.egressGateway,
          targetPort: k8s.IntOrString.fromNumber(ports.egressGateway),
          protocol: 'TCP',
          appProtocol: 'tls',
        },
      ],
    },
  });
  add(k8s.KubePodDisruptionBudget, {
    metadata: metadata(waves.mesh),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { ...pods.egressGateway } },
    },
  });
  add(k8s.KubeDeployment, {
    metadata: metadata(waves.mesh),
    spec: {
      replicas: 3,
      revisionHistoryLimit: 5,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      },
      selector: { matchLabels: { ...pods.egressGateway } },
      template: {
        metadata: {
          labels: { ...context.labels, ...pods.egressGateway, 'sidecar.istio.io/inject': 'true' },
          annotations: { 'inject.istio.io/templates': 'gateway' },
        },
        spec: podOf(),
      },
    },
  });
}

function podOf(): K8s.PodSpec {
  return {
    serviceAccountName: mesh.egress,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: SCHEDULER_PRIORITY,
    terminationGracePeriodSeconds: 60,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1337,
      runAsGroup: 1337,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { ...pods.egressGateway } },
      matchLabelKeys: ['pod-template-hash'],
    })),
    containers: [proxy()],
  };
}

/** `auto` is no image: the mesh puts the one of its revision there. */
function proxy(): K8s.Container {
  const quantity = (text: string) => k8s.Quantity.fromString(text);
  return {
    name: 'istio-proxy',
    image: 'auto',
    ports: [
      { name: 'tls-egress', containerPort: ports.egressGateway, protocol: 'TCP' },
      { name: 'status', containerPort: READY_PORT, protocol: 'TCP' },
    ],
    readinessProbe: {
      httpGet: { path: '/healthz/ready', port: k8s.IntOrString.fromNumber(READY_PORT) },
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 4,
    },
    resources: {
      requests: { cpu: quantity('100m'), memory: quantity('128Mi'), 'ephemeral-storage': quantity('64Mi') },
      limits: { memory: quantity('1Gi'), 'ephemeral-storage': quantity('512Mi') },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
