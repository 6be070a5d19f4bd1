import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { waves } from '../../core/fleet-context.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import { STORE_PRIORITY, namespaces, platformSecrets } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addTelemetryMonitor, scrapeAnnotations } from './monitor.ts';
import { images, telemetryPods, telemetryPorts } from './names.ts';
import type { Search } from './search.ts';
import type { ClusterFilter, ClusterFluentBitConfig, ClusterInput, ClusterOutput, FluentBit } from './types.ts';

const VERSION = 'fluentbit.fluent.io/v1alpha2';
const CHOSEN = { 'nova-torch.dev/logs': 'enabled' };
const FLUENT_BIT_METRICS = '/api/v2/metrics/prometheus';
const BUFFER = '/buffers/storage';
/** Lines of fleets and of the scheduler carry this tag, those of its audit another one. */
const TAGS = { all: 'kube.*', audit: 'audit.*' } as const;

/**
 * Logs from the nodes to Elasticsearch. What cannot be sent waits on the node's disk, so a restart or an outage loses
 * nothing until the disk's share is full; each line has an id, so that sending again makes no second copy.
 */
export function addLogs(add: Add, context: PlatformContext, search: Search): void {
  add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.logs, 'privileged') });
  addReader(add, context);
  const chosen = (name: string): Metadata => {
    const metadata = context.clusterMetadata(name, waves.observe);
    return { ...metadata, labels: { ...metadata.labels, ...CHOSEN } };
  };
  addInput(add, chosen);
  addFilters(add, chosen);
  addOutput(add, chosen('nova-torch-logs'), search, { match: TAGS.all, index: 'logs-nova.agents-default' });
  addOutput(add, chosen('nova-torch-audit'), search, { match: TAGS.audit, index: 'logs-nova.audit-default' });
}

function addReader(add: Add, context: PlatformContext): void {
  add(customResource<FluentBit>(VERSION, 'FluentBit'), {
    metadata: context.metadata(namespaces.logs, 'fluent-bit', waves.observe),
    spec: {
      image: images.fluentBit,
      imagePullPolicy: 'IfNotPresent',
      fluentBitConfigName: 'nova-torch',
      labels: { ...context.labels, ...telemetryPods.fluentBit },
      annotations: scrapeAnnotations(telemetryPorts.fluentBit, FLUENT_BIT_METRICS),
      priorityClassName: STORE_PRIORITY,
      // Every node has logs, whatever it is tainted with.
      tolerations: [{ operator: 'Exists' }],
      metricsPort: telemetryPorts.fluentBit,
      positionDB: { hostPath: { path: '/var/lib/nova-torch/fluent-bit', type: 'DirectoryOrCreate' } },
      volumes: [
        { name: 'buffers', hostPath: { path: '/var/lib/nova-torch/fluent-bit-buffers', type: 'DirectoryOrCreate' } },
      ],
      volumesMounts: [{ name: 'buffers', mountPath: '/buffers' }],
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  });
  addTelemetryMonitor(add, context, context.metadata(namespaces.logs, 'fluent-bit', waves.observe), {
    pods: telemetryPods.fluentBit,
    port: telemetryPorts.fluentBit,
    path: FLUENT_BIT_METRICS,
  });
  add(customResource<ClusterFluentBitConfig>(VERSION, 'ClusterFluentBitConfig'), {
    metadata: context.clusterMetadata('nova-torch', waves.observe),
    spec: {
      configFileFormat: 'yaml',
      inputSelector: { matchLabels: CHOSEN },
      filterSelector: { matchLabels: CHOSEN },
      outputSelector: { matchLabels: CHOSEN },
      service: {
        flushSeconds: 1,
        graceSeconds: 30,
        logLevel: 'info',
        httpServer: true,
        httpListen: '0.0.0.0',
        httpPort: telemetryPorts.fluentBit,
        healthCheck: true,
        hotReload: true,
        storage: {
          path: BUFFER,
          sync: 'normal',
          checksum: 'on',
          backlogMemLimit: '32M',
          maxChunksUp: 64,
          deleteIrrecoverableChunks: 'on',
        },
      },
    },
  });
}

function addInput(add: Add, chosen: (name: string) => Metadata): void {
  add(customResource<ClusterInput>(VERSION, 'ClusterInput'), {
    metadata: chosen('nova-torch-containers'),
    spec: {
      alias: 'containers',
      tail: {
        tag: TAGS.all,
        // Namespaces of fleets hold `--`, which no other name of ours does.
        path: `/var/log/containers/*_*--*_*.log,/var/log/containers/*_${namespaces.system}_*.log`,
        multilineParser: 'docker, cri',
        db: '/fluent-bit/tail/nova-torch.db',
        dbLocking: true,
        storageType: 'filesystem',
        pauseOnChunksOverlimit: 'on',
        skipLongLines: true,
        refreshIntervalSeconds: 10,
      },
    },
  });
}

/** Lines get the names of their pod, then those of the audit part from the others. */
function addFilters(add: Add, chosen: (name: string) => Metadata): void {
  add(customResource<ClusterFilter>(VERSION, 'ClusterFilter'), {
    metadata: chosen('nova-torch-1-kubernetes'),
    spec: {
      match: TAGS.all,
      filters: [
        {
          kubernetes: {
            kubeTagPrefix: 'kube.var.log.containers.',
            mergeLog: true,
            keepLog: false,
            labels: true,
            annotations: false,
            bufferSize: '64k',
          },
        },
      ],
    },
  });
  add(customResource<ClusterFilter>(VERSION, 'ClusterFilter'), {
    metadata: chosen('nova-torch-2-audit'),
    spec: {
      match: TAGS.all,
      filters: [
        {
          rewriteTag: {
            rules: ["$['event.dataset'] ^nova\\.audit$ audit.$TAG false"],
            emitterName: 'audit',
            emitterStorageType: 'filesystem',
            emitterMemBufLimit: '10M',
          },
        },
      ],
    },
  });
}

function addOutput(
  add: Add,
  metadata: Metadata,
  search: Search,
  { match, index }: { readonly match: string; readonly index: string },
): void {
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: platformSecrets.searchLogs, key } } });
  add(customResource<ClusterOutput>(VERSION, 'ClusterOutput'), {
    metadata,
    spec: {
      alias: metadata.name,
      match,
      retry_limit: 'no_limits',
      es: {
        host: search.host,
        port: search.port,
        index,
        httpUser: from('username'),
        httpPassword: from('password'),
        suppressTypeName: 'On',
        // The only operation a data stream takes.
        writeOperation: 'create',
        generateID: true,
        replaceDots: false,
        traceError: true,
        compress: 'gzip',
        totalLimitSize: '2G',
        ...(search.tls ? { tls: { verify: true } } : {}),
      },
    },
  });
}
