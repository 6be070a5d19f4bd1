import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { STORE_PRIORITY, namespaces, platformSecrets, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addTelemetryMonitor, scrapeAnnotations } from './monitor.ts';
import { collectors, images, telemetryPorts } from './names.ts';
import { samplingPolicies } from './sampling.ts';
import type { Search } from './search.ts';
import type { CollectorConfig, OpenTelemetryCollector } from './types.ts';

/**
 * Traces on their way: the gateway takes spans from everybody and gives all spans of a trace to one sampler, which decides
 * when the trace is complete; Jaeger stores what is kept. Deciding in the gateway would need one replica, or lose spans.
 */
export function addCollectors(add: Add, context: PlatformContext, search: Search | undefined): void {
  addCollector(add, context, collectors.gateway, { replicas: 2, image: images.collector, config: gateway() });
  addCollector(add, context, collectors.sampler, { replicas: 2, image: images.collector, config: sampler(context) });
  addCollector(add, context, collectors.jaeger, {
    // Traces in memory are those of one replica.
    replicas: search === undefined ? 1 : 2,
    image: images.jaeger,
    config: jaeger(search),
    ports: [{ name: 'jaeger-ui', port: telemetryPorts.jaegerUi }],
    ...(search === undefined ? {} : PASSWORD),
  });
}

/** Jaeger's password of the store, as a file. */
const PASSWORD = {
  volumes: [{ name: 'login', secret: { secretName: platformSecrets.searchTraces, defaultMode: 0o440 } }],
  volumeMounts: [{ name: 'login', mountPath: '/etc/nova-torch/secrets', readOnly: true }],
};

type Variable = Pick<OpenTelemetryCollector['spec'], 'replicas' | 'image' | 'config'> &
  Partial<Pick<OpenTelemetryCollector['spec'], 'ports' | 'volumes' | 'volumeMounts'>>;

function addCollector(add: Add, context: PlatformContext, name: string, variable: Variable): void {
  add(k8s.KubeServiceAccount, {
    metadata: context.metadata(namespaces.observability, name, waves.access),
    automountServiceAccountToken: false,
  });
  add(customResource<OpenTelemetryCollector>('opentelemetry.io/v1beta1', 'OpenTelemetryCollector'), {
    metadata: context.metadata(namespaces.observability, name, waves.observe),
    spec: {
      mode: 'deployment',
      imagePullPolicy: 'IfNotPresent',
      upgradeStrategy: 'none',
      serviceAccount: name,
      priorityClassName: STORE_PRIORITY,
      podAnnotations: scrapeAnnotations(telemetryPorts.metrics),
      podSecurityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { memory: '1Gi' } },
      podDisruptionBudget: { maxUnavailable: 1 },
      ...variable,
    },
  });
  addTelemetryMonitor(add, context, context.metadata(namespaces.observability, name, waves.observe), {
    pods: { 'app.kubernetes.io/name': `${name}-collector` },
    port: telemetryPorts.metrics,
  });
}

const RECEIVERS = { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${ports.otlp}` } } } };
const MEMORY_LIMITER = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 };
const BATCH = { send_batch_size: 1024, timeout: '1s' };
const TELEMETRY = {
  metrics: {
    readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: telemetryPorts.metrics } } } }],
  },
};

export function gateway(): CollectorConfig {
  return {
    receivers: RECEIVERS,
    processors: { memory_limiter: MEMORY_LIMITER, batch: BATCH },
    exporters: {
      loadbalancing: {
        routing_key: 'traceID',
        // The mesh encrypts.
        protocol: { otlp: { tls: { insecure: true } } },
        resolver: {
          dns: {
            hostname: `${collectors.sampler}-collector-headless.${namespaces.observability}.svc`,
            port: String(ports.otlp),
          },
        },
      },
    },
    service: {
      telemetry: TELEMETRY,
      pipelines: {
        traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['loadbalancing'] },
      },
    },
  };
}

export function sampler({ environment }: PlatformContext): CollectorConfig {
  return {
    receivers: RECEIVERS,
    processors: {
      memory_limiter: MEMORY_LIMITER,
      tail_sampling: {
        decision_wait: '30s',
        num_traces: 50_000,
        // A task may run for hours: spans that come after the decision follow it.
        decision_cache: { sampled_cache_size: 200_000, non_sampled_cache_size: 500_000 },
        policies: samplingPolicies(environment),
      },
      batch: BATCH,
    },
    exporters: {
      otlp: {
        endpoint: `${collectors.jaeger}-collector.${namespaces.observability}.svc:${ports.otlp}`,
        tls: { insecure: true },
      },
    },
    service: {
      telemetry: TELEMETRY,
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'tail_sampling', 'batch'],
          exporters: ['otlp'],
        },
      },
    },
  };
}

export function jaeger(search: Search | undefined): CollectorConfig {
  const store =
    search === undefined
      ? { memory: { max_traces: 50_000 } }
      : {
          elasticsearch: {
            server_urls: [search.url],
            indices: { index_prefix: 'nova' },
            auth: { basic: { username: 'jaeger', password_file: '/etc/nova-torch/secrets/password' } },
          },
        };
  return {
    extensions: {
      jaeger_storage: { backends: { store } },
      jaeger_query: { storage: { traces: 'store' } },
    },
    receivers: RECEIVERS,
    processors: { memory_limiter: MEMORY_LIMITER, batch: BATCH },
    exporters: { jaeger_storage_exporter: { trace_storage: 'store' } },
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      telemetry: TELEMETRY,
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'batch'],
          exporters: ['jaeger_storage_exporter'],
        },
      },
    },
  };
}
