import { ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import type { ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { labelsOf, podsOf, wave } from './fleet-props.ts';
import type { FleetProps } from './fleet-props.ts';

const HTTP = 8080;
const METRICS = 9464;
const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;

/** The pods of a fleet, what keeps them and what they are reached by. */
export function addWorkload(chart: Chart, props: FleetProps, account: kplus.ServiceAccount): void {
  addService(chart, props);
  const pods = podProps(chart, props, account);
  const workload = props.memory === undefined ? deployment(chart, pods) : statefulSet(chart, props, props.memory, pods);
  workload.select(kplus.LabelSelector.of({ labels: podsOf(props) }));
  ApiObject.of(workload).addJsonPatch(...podPatches(props), ...spreadPatches(props));
}

function addService(chart: Chart, props: FleetProps): void {
  if (props.memory !== undefined) {
    const service = new kplus.Service(chart, 'service', serviceProps(props.fleet));
    for (const [label, value] of Object.entries(podsOf(props))) service.selectLabel(label, value);
    ApiObject.of(service).addJsonPatch(...SERVICE_PATCHES);
    return;
  }
  // `trafficDistribution` is younger than the constructs. They drop it, from a patch as well.
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: props.fleet, annotations: wave('0') },
    spec: {
      ports: [{ name: 'http', appProtocol: 'http', port: HTTP, protocol: 'TCP', targetPort: 'http' }],
      selector: podsOf(props),
      trafficDistribution: 'PreferClose',
    },
  });
}

const serviceProps = (name: string): kplus.ServiceProps => ({
  metadata: { name, annotations: wave('0') },
  ports: [{ name: 'http', port: HTTP, protocol: kplus.Protocol.TCP }],
});

/** What patches change is not yet what is written: a number or text is `{ value }`, an acronym is a word. */
const union = (value: string): object => ({ value });

const SERVICE_PATCHES: readonly JsonPatch[] = [
  JsonPatch.remove('/spec/type'),
  JsonPatch.remove('/spec/externalIPs'),
  JsonPatch.add('/spec/ports/0/targetPort', union('http')),
  JsonPatch.add('/spec/ports/0/appProtocol', 'http'),
];

type Pods = kplus.WorkloadProps & { readonly metadata: ApiObjectMetadata };

function deployment(chart: Chart, pods: Pods): kplus.Workload {
  const { absolute, percent } = kplus.PercentOrAbsolute;
  return new kplus.Deployment(chart, 'agent', {
    ...pods,
    minReady: Duration.seconds(15),
    progressDeadline: Duration.seconds(600),
    strategy: kplus.DeploymentStrategy.rollingUpdate({ maxSurge: percent(25), maxUnavailable: absolute(0) }),
  });
}

function statefulSet(chart: Chart, props: FleetProps, memory: string, pods: Pods): kplus.Workload {
  const peers = new kplus.Service(chart, 'peers', { ...serviceProps(`${props.fleet}-pods`), clusterIP: 'None' });
  ApiObject.of(peers).addJsonPatch(
    ...SERVICE_PATCHES,
    // The workload adds the label that it finds its pods by.
    JsonPatch.replace('/spec/selector', podsOf(props)),
    JsonPatch.add('/spec/publishNotReadyAddresses', false),
  );
  const workload = new kplus.StatefulSet(chart, 'agent', {
    ...pods,
    service: peers,
    minReady: Duration.seconds(15),
    podManagementPolicy: kplus.PodManagementPolicy.PARALLEL,
    strategy: kplus.StatefulSetUpdateStrategy.rollingUpdate({ partition: 0 }),
  });
  const claim = {
    metadata: { name: 'memory' },
    spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: union(memory) } } },
  };
  ApiObject.of(workload).addJsonPatch(
    JsonPatch.add('/spec/volumeClaimTemplates', [claim]),
    JsonPatch.add('/spec/persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    JsonPatch.add(`${CONTAINER}/volumeMounts/-`, { name: 'memory', mountPath: '/var/lib/agent' }),
  );
  return workload;
}

function podProps(chart: Chart, props: FleetProps, account: kplus.ServiceAccount): Pods {
  const secret = kplus.Secret.fromSecretName(chart, 'secret', props.secret);
  return {
    metadata: {
      name: props.fleet,
      annotations: { ...wave('0'), 'nova-torch.dev/description': props.description, 'nova-torch.dev/role': 'worker' },
    },
    podMetadata: {
      labels: { ...labelsOf(props), 'app.kubernetes.io/version': props.version },
      annotations: {
        'prometheus.io/path': '/metrics',
        'prometheus.io/port': String(METRICS),
        'prometheus.io/scrape': 'true',
        'sidecar.istio.io/proxyCPU': '100m',
        'sidecar.istio.io/proxyMemory': '128Mi',
        'sidecar.istio.io/proxyMemoryLimit': '512Mi',
      },
    },
    select: false,
    // Only stricter flags than those of its authors see a difference.
    serviceAccount: account as kplus.IServiceAccount,
    automountServiceAccountToken: false,
    terminationGracePeriod: Duration.seconds(630),
    securityContext: {
      user: 10_001,
      group: 10_001,
      fsGroup: 10_001,
      fsGroupChangePolicy: kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
    },
    containers: [
      container(props, [
        {
          path: '/tmp',
          volume: kplus.Volume.fromEmptyDir(chart, 'tmp', 'tmp', { sizeLimit: Size.mebibytes(512) }),
        },
        {
          path: '/etc/nova-torch/secrets',
          readOnly: true,
          volume: kplus.Volume.fromSecret(chart, 'secrets', secret, { name: 'secrets' }),
        },
      ]),
    ],
  };
}

function container(props: FleetProps, volumeMounts: kplus.VolumeMount[]): kplus.ContainerProps {
  const gibibyte = { request: Size.gibibytes(1), limit: Size.gibibytes(1) };
  const probe = (path: string, failureThreshold: number, period: number, timeout?: number): kplus.Probe =>
    kplus.Probe.fromHttpGet(path, {
      port: HTTP,
      failureThreshold,
      periodSeconds: Duration.seconds(period),
      ...(timeout !== undefined && { timeoutSeconds: Duration.seconds(timeout) }),
    });
  return {
    name: 'agent',
    image: props.image,
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    envVariables: environment(props),
    ports: [
      { name: 'http', number: HTTP, protocol: kplus.Protocol.TCP },
      { name: 'http-metrics', number: METRICS, protocol: kplus.Protocol.TCP },
    ],
    liveness: probe('/healthz/live', 3, 10, 2),
    readiness: probe('/healthz/ready', 2, 5, 2),
    startup: probe('/healthz/startup', 60, 2),
    lifecycle: { preStop: kplus.Handler.fromHttpGet('/drain', { port: HTTP }) },
    resources: { cpu: { request: kplus.Cpu.millis(500) }, memory: gibibyte, ephemeralStorage: gibibyte },
    volumeMounts,
  };
}

function environment({ team, fleet, delivery, version, slots }: FleetProps): Record<string, kplus.EnvValue> {
  const values = {
    NOVA_TORCH_BUILD: version,
    NOVA_TORCH_DELIVERY: delivery,
    NOVA_TORCH_ENVIRONMENT: 'prod',
    NOVA_TORCH_FLEET: `${team}/${fleet}`,
    NOVA_TORCH_HTTP_PORT: String(HTTP),
    NOVA_TORCH_LOG_LEVEL: 'info',
    NOVA_TORCH_SCHEDULER_URL: 'http://nova-torch-scheduler.nova-torch-system.svc:8080',
    NOVA_TORCH_SLOTS: slots,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-gateway-collector.nova-torch-observability.svc:4317',
    OTEL_SERVICE_NAME: fleet,
    OTEL_RESOURCE_ATTRIBUTES: `service.namespace=${team}--${fleet},deployment.environment.name=prod,service.instance.id=$(POD_NAME)`,
    LOCALE: 'en',
    MODE: 'fast',
  };
  const entries = Object.entries(values).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)] as const);
  return { POD_NAME: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME), ...Object.fromEntries(entries) };
}

/** What constructs write unasked, and what they cannot say. */
function podPatches(props: FleetProps): readonly JsonPatch[] {
  const http = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle/preStop'].map(
    (name) => `${CONTAINER}/${name}/httpGet`,
  );
  const unasked = ['dnsPolicy', 'hostNetwork', 'restartPolicy', 'setHostnameAsFqdn'].map((name) => `${POD}/${name}`);
  const secrets = { name: props.secret, items: [{ key: 'MODEL_KEY', path: 'MODEL_KEY' }] };
  return [
    JsonPatch.remove('/spec/replicas'),
    JsonPatch.remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
    ...unasked.map((path) => JsonPatch.remove(path)),
    ...http.map((path) => JsonPatch.remove(`${path}/scheme`)),
    ...http.map((path) => JsonPatch.replace(`${path}/port`, union('http'))),
    JsonPatch.replace(`${CONTAINER}/resources/limits/memory`, union('1Gi')),
    JsonPatch.replace(`${CONTAINER}/resources/requests/memory`, union('1Gi')),
    JsonPatch.remove(`${CONTAINER}/securityContext/privileged`),
    JsonPatch.remove(`${CONTAINER}/securityContext/runAsNonRoot`),
    JsonPatch.add(`${CONTAINER}/securityContext/capabilities`, { drop: ['ALL'] }),
    JsonPatch.replace(`${POD}/volumes/1`, {
      name: 'secrets',
      projected: { defaultMode: 0o440, sources: [{ secret: secrets }] },
    }),
    JsonPatch.add(`${POD}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    JsonPatch.add(`${POD}/enableServiceLinks`, false),
    JsonPatch.add(`${POD}/priorityClassName`, 'nova-torch-agent'),
    JsonPatch.add('/spec/revisionHistoryLimit', 5),
  ];
}

function spreadPatches(props: FleetProps): readonly JsonPatch[] {
  const perTemplate = props.memory === undefined ? { matchLabelKeys: ['pod-template-hash'] } : {};
  const spread = (topologyKey: string, maxSkew: number): object => ({
    labelSelector: { matchLabels: podsOf(props) },
    ...perTemplate,
    maxSkew,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
  });
  return [
    JsonPatch.add(`${POD}/topologySpreadConstraints`, [
      spread('topology.kubernetes.io/zone', 1),
      spread('kubernetes.io/hostname', 2),
    ]),
  ];
}
