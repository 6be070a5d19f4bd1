/**
 * Custom resources of telemetry and the configuration of a collector, as far as we write them. The operators take any
 * configuration and the pods fail later; here a field or component that is not listed does not compile.
 */
import type { Metadata } from '../../core/fleet-context.ts';

interface Resource<Version extends string, Kind extends string, Spec> {
  readonly apiVersion: Version;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly spec: Spec;
}

type Labels = Readonly<Record<string, string>>;

export interface CollectorConfig {
  readonly extensions?: {
    readonly jaeger_storage?: { readonly backends: Readonly<Record<string, JaegerBackend>> };
    readonly jaeger_query?: { readonly storage: { readonly traces: string } };
  };
  readonly receivers: {
    readonly otlp: { readonly protocols: { readonly grpc: { readonly endpoint: string } } };
  };
  readonly processors?: {
    readonly memory_limiter?: {
      readonly check_interval: string;
      readonly limit_percentage: number;
      readonly spike_limit_percentage: number;
    };
    readonly tail_sampling?: {
      readonly decision_wait: string;
      readonly num_traces: number;
      readonly decision_cache: {
        readonly sampled_cache_size: number;
        readonly non_sampled_cache_size: number;
      };
      readonly policies: readonly SamplingPolicy[];
    };
    readonly batch?: { readonly send_batch_size: number; readonly timeout: string };
  };
  readonly exporters: {
    readonly loadbalancing?: {
      readonly routing_key: 'traceID';
      readonly protocol: { readonly otlp: { readonly tls: { readonly insecure: true } } };
      readonly resolver: { readonly dns: { readonly hostname: string; readonly port: string } };
    };
    readonly otlp?: { readonly endpoint: string; readonly tls: { readonly insecure: true } };
    readonly jaeger_storage_exporter?: { readonly trace_storage: string };
  };
  readonly service: {
    readonly extensions?: readonly string[];
    readonly telemetry: {
      readonly metrics: {
        readonly readers: readonly {
          readonly pull: {
            readonly exporter: { readonly prometheus: { readonly host: string; readonly port: number } };
          };
        }[];
      };
    };
    readonly pipelines: {
      readonly traces: {
        readonly receivers: readonly string[];
        readonly processors: readonly string[];
        readonly exporters: readonly string[];
      };
    };
  };
}

type JaegerBackend =
  | { readonly memory: { readonly max_traces: number } }
  | {
      readonly elasticsearch: {
        readonly server_urls: readonly string[];
        readonly indices: { readonly index_prefix: string };
        readonly auth: { readonly basic: { readonly username: string; readonly password_file: string } };
      };
    };

export type SamplingPolicy = { readonly name: string } & SamplingRule;

export type SamplingRule =
  | { readonly type: 'status_code'; readonly status_code: { readonly status_codes: readonly ['ERROR'] } }
  | { readonly type: 'latency'; readonly latency: { readonly threshold_ms: number } }
  | { readonly type: 'probabilistic'; readonly probabilistic: { readonly sampling_percentage: number } }
  | {
      readonly type: 'numeric_attribute';
      readonly numeric_attribute: { readonly key: string; readonly min_value: number; readonly max_value: number };
    }
  | {
      readonly type: 'string_attribute';
      readonly string_attribute: {
        readonly key: string;
        readonly values: readonly string[];
        readonly invert_match?: boolean;
      };
    }
  | { readonly type: 'and'; readonly and: { readonly and_sub_policy: readonly SamplingPolicy[] } };

export type OpenTelemetryCollector = Resource<
  'opentelemetry.io/v1beta1',
  'OpenTelemetryCollector',
  {
    readonly mode: 'deployment' | 'statefulset';
    readonly image: string;
    readonly imagePullPolicy: 'IfNotPresent';
    readonly replicas: number;
    readonly upgradeStrategy: 'none';
    readonly serviceAccount: string;
    readonly priorityClassName: string;
    readonly podAnnotations: Labels;
    readonly ports?: readonly { readonly name: string; readonly port: number }[];
    readonly podSecurityContext: object;
    readonly securityContext: object;
    readonly resources: { readonly requests: Labels; readonly limits: Labels };
    readonly podDisruptionBudget: { readonly maxUnavailable: number };
    readonly volumes?: readonly object[];
    readonly volumeMounts?: readonly object[];
    readonly config: CollectorConfig;
  }
>;

export type Elasticsearch = Resource<
  'elasticsearch.k8s.elastic.co/v1',
  'Elasticsearch',
  {
    readonly version: string;
    readonly volumeClaimDeletePolicy: 'DeleteOnScaledownOnly';
    readonly auth: { readonly fileRealm: readonly { readonly secretName: string }[] };
    readonly http: { readonly tls: { readonly selfSignedCertificate: { readonly disabled: true } } };
    readonly nodeSets: readonly {
      readonly name: string;
      readonly count: number;
      readonly config: { readonly 'node.store.allow_mmap': false };
      readonly podTemplate: object;
      readonly volumeClaimTemplates: readonly object[];
    }[];
  }
>;

export type FluentBit = Resource<'fluentbit.fluent.io/v1alpha2', 'FluentBit', object>;
export type ClusterFluentBitConfig = Resource<
  'fluentbit.fluent.io/v1alpha2',
  'ClusterFluentBitConfig',
  {
    readonly configFileFormat: 'yaml';
    readonly inputSelector: { readonly matchLabels: Labels };
    readonly filterSelector: { readonly matchLabels: Labels };
    readonly outputSelector: { readonly matchLabels: Labels };
    readonly service: {
      readonly flushSeconds: number;
      readonly graceSeconds: number;
      readonly logLevel: 'info';
      readonly httpServer: true;
      readonly httpListen: string;
      readonly httpPort: number;
      readonly healthCheck: true;
      readonly hotReload: true;
      readonly storage: {
        readonly path: string;
        readonly sync: 'normal';
        readonly checksum: 'on';
        readonly backlogMemLimit: string;
        readonly maxChunksUp: number;
        readonly deleteIrrecoverableChunks: 'on';
      };
    };
  }
>;

export type ClusterInput = Resource<
  'fluentbit.fluent.io/v1alpha2',
  'ClusterInput',
  {
    readonly alias: string;
    readonly tail: {
      readonly tag: string;
      readonly path: string;
      readonly multilineParser: string;
      readonly db: string;
      readonly dbLocking: true;
      readonly storageType: 'filesystem';
      readonly pauseOnChunksOverlimit: 'on';
      readonly skipLongLines: boolean;
      readonly refreshIntervalSeconds: number;
    };
  }
>;

export type ClusterFilter = Resource<
  'fluentbit.fluent.io/v1alpha2',
  'ClusterFilter',
  {
    readonly match: string;
    readonly filters: readonly (
      | {
          readonly kubernetes: {
            readonly kubeTagPrefix: string;
            readonly mergeLog: true;
            readonly keepLog: false;
            readonly labels: true;
            readonly annotations: false;
            readonly bufferSize: string;
          };
        }
      | { readonly grep: { readonly regex?: string; readonly exclude?: string } }
      | {
          readonly rewriteTag: {
            readonly rules: readonly string[];
            readonly emitterName: string;
            readonly emitterStorageType: 'filesystem';
            readonly emitterMemBufLimit: string;
          };
        }
    )[];
  }
>;

interface KeyReference {
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export type ClusterOutput = Resource<
  'fluentbit.fluent.io/v1alpha2',
  'ClusterOutput',
  {
    readonly alias: string;
    readonly match: string;
    readonly retry_limit: 'no_limits';
    readonly es: {
      readonly host: string;
      readonly port: number;
      readonly index: string;
      readonly httpUser: KeyReference;
      readonly httpPassword: KeyReference;
      readonly suppressTypeName: 'On';
      readonly writeOperation: 'create';
      readonly generateID: boolean;
      readonly replaceDots: false;
      readonly traceError: true;
      readonly compress: 'gzip';
      readonly totalLimitSize: string;
      readonly tls?: { readonly verify: true };
    };
  }
>;
