import {
  anything,
  duration,
  integer,
  intOrText,
  list,
  mapOf,
  number,
  object,
  oneOf,
  text,
  textMap,
  texts,
  yes,
} from '../own-schema.ts';
import type { Schema, Written } from '../own-schema.ts';

/**
 * The configuration of a collector. The operator's own schema lets anything through, and a collector that does not know a
 * key ends at its start. Components we emit are written out; of the others only the name is known.
 */
const tls = object({
  insecure: yes,
  insecure_skip_verify: yes,
  ca_file: text,
  cert_file: text,
  key_file: text,
  min_version: text,
  max_version: text,
  reload_interval: duration,
  server_name_override: text,
  client_ca_file: text,
});

const retry = object({
  enabled: yes,
  initial_interval: duration,
  randomization_factor: number,
  multiplier: number,
  max_interval: duration,
  max_elapsed_time: { type: ['string', 'integer'] },
});

const queue = object({
  enabled: yes,
  num_consumers: integer,
  queue_size: integer,
  sizer: oneOf('requests', 'items', 'bytes'),
  storage: text,
  block_on_overflow: yes,
  wait_for_result: yes,
  batch: anything,
});

const client = {
  endpoint: text,
  tls,
  headers: textMap,
  compression: text,
  timeout: duration,
  auth: anything,
  keepalive: anything,
  balancer_name: text,
  read_buffer_size: integer,
  write_buffer_size: integer,
  wait_for_ready: yes,
  retry_on_failure: retry,
  sending_queue: queue,
};

const server = object({
  endpoint: text,
  transport: text,
  tls,
  auth: anything,
  keepalive: anything,
  max_recv_msg_size_mib: integer,
  max_concurrent_streams: integer,
  max_request_body_size: integer,
  include_metadata: yes,
  cors: anything,
});

const stringAttribute = object({
  'key!': text,
  'values!': texts,
  enabled_regex_matching: yes,
  cache_max_size: integer,
  invert_match: yes,
});

const samplingKinds: Readonly<Record<string, Schema>> = {
  always_sample: anything,
  boolean_attribute: object({ 'key!': text, 'value!': yes, invert_match: yes }),
  latency: object({ 'threshold_ms!': integer, upper_threshold_ms: integer }),
  numeric_attribute: object({ 'key!': text, min_value: integer, max_value: integer, invert_match: yes }),
  ottl_condition: object({ error_mode: text, span: texts, spanevent: texts }),
  probabilistic: object({ hash_salt: text, 'sampling_percentage!': number }),
  rate_limiting: object({ 'spans_per_second!': integer }),
  span_count: object({ min_spans: integer, max_spans: integer }),
  status_code: object({ 'status_codes!': list(oneOf('OK', 'ERROR', 'UNSET')) }),
  string_attribute: stringAttribute,
  trace_state: object({ 'key!': text, 'values!': texts }),
};

const samplingType = (...more: readonly string[]): Written => oneOf(...Object.keys(samplingKinds), ...more);

const subPolicies = list(object({ 'name!': text, 'type!': samplingType(), ...samplingKinds }));

const samplingPolicies = list(
  object({
    'name!': text,
    'type!': samplingType('and', 'composite', 'drop'),
    ...samplingKinds,
    and: object({ 'and_sub_policy!': subPolicies }),
    drop: object({ 'drop_sub_policy!': subPolicies }),
    composite: anything,
  }),
);

/** Components by type; a second one of a type is called `type/name`. */
function components(known: Readonly<Record<string, Schema>>, others: string): Written {
  const named = others.split(' ').map((name) => [name, anything] as const);
  return { type: 'object', suffixed: true, props: { ...Object.fromEntries(named), ...known } };
}

const receivers = components(
  { otlp: object({ 'protocols!': object({ grpc: server, http: server }) }) },
  'prometheus jaeger zipkin hostmetrics kubeletstats k8s_cluster k8s_events filelog fluentforward journald redis nop',
);

const processors = components(
  {
    batch: object({
      send_batch_size: integer,
      send_batch_max_size: integer,
      timeout: duration,
      metadata_keys: texts,
      metadata_cardinality_limit: integer,
    }),
    memory_limiter: object({
      'check_interval!': duration,
      limit_mib: integer,
      spike_limit_mib: integer,
      limit_percentage: integer,
      spike_limit_percentage: integer,
    }),
    tail_sampling: object({
      decision_wait: duration,
      num_traces: integer,
      expected_new_traces_per_sec: integer,
      decision_cache: object({ sampled_cache_size: integer, non_sampled_cache_size: integer }),
      sample_on_first_match: yes,
      drop_pending_traces_on_shutdown: yes,
      block_on_overflow: yes,
      'policies!': samplingPolicies,
    }),
  },
  'attributes filter groupbyattrs k8sattributes metricstransform probabilistic_sampler redaction resource resourcedetection span transform cumulativetodelta deltatocumulative',
);

const exporters = components(
  {
    otlp: object(client),
    otlp_grpc: object(client),
    loadbalancing: object({
      routing_key: oneOf('traceID', 'service', 'resource', 'metric', 'streamID', 'attributes'),
      routing_attributes: texts,
      'protocol!': object({ 'otlp!': object(client) }),
      'resolver!': object({
        dns: object({ 'hostname!': text, port: intOrText, interval: duration, timeout: duration }),
        k8s: object({ 'service!': text, ports: list(integer), timeout: duration, return_hostnames: yes }),
        static: object({ hostnames: texts }),
      }),
      timeout: duration,
      retry_on_failure: retry,
      sending_queue: queue,
    }),
    jaeger_storage_exporter: object({ 'trace_storage!': text, queue: anything }),
    debug: object({
      verbosity: oneOf('basic', 'normal', 'detailed'),
      sampling_initial: integer,
      sampling_thereafter: integer,
    }),
  },
  'otlphttp otlp_http elasticsearch file kafka loki prometheus prometheusremotewrite nop',
);

const elasticsearchBackend = object({
  'server_urls!': texts,
  indices: object({
    index_prefix: text,
    spans: anything,
    services: anything,
    dependencies: anything,
    sampling: anything,
  }),
  auth: object({
    basic: object({ username: text, password: text, password_file: text, reload_interval: duration }),
    bearer_token: anything,
    api_key: anything,
  }),
  tls,
  bulk_processing: anything,
  create_mappings: yes,
  use_aliases: yes,
  use_ilm: yes,
  remote_read_clusters: texts,
  max_span_age: duration,
  service_cache_ttl: duration,
  adaptive_sampling_lookback: duration,
  max_doc_count: integer,
  log_level: text,
  http_compression: yes,
  health_check_timeout_startup: duration,
  sniffing: anything,
  tags_as_fields: anything,
  send_get_body_as: text,
  query_timeout: duration,
  version: integer,
});

const extensions = components(
  {
    jaeger_storage: object({
      'backends!': mapOf(
        object({
          memory: anything,
          badger: anything,
          cassandra: anything,
          elasticsearch: elasticsearchBackend,
          opensearch: elasticsearchBackend,
          grpc: anything,
          clickhouse: anything,
        }),
      ),
      metric_backends: anything,
    }),
    jaeger_query: object({
      'storage!': object({ 'traces!': text, traces_archive: text, metrics: text }),
      base_path: text,
      ui: object({ config_file: text, assets_path: text, log_access: yes }),
      http: anything,
      grpc: anything,
      bearer_token_propagation: yes,
      enable_tracing: yes,
      max_clock_skew_adjust: duration,
      max_traces: integer,
    }),
    healthcheckv2: object({ use_v2: yes, http: anything, grpc: anything, component_health: anything }),
    health_check: object({
      endpoint: text,
      path: text,
      response_body: anything,
      check_collector_pipeline: anything,
      tls,
    }),
    file_storage: object({
      directory: text,
      timeout: duration,
      compaction: anything,
      create_directory: yes,
      fsync: yes,
    }),
  },
  'basicauth bearertokenauth expvar jaeger_mcp k8s_observer memory_limiter oauth2client pprof remote_sampling remote_storage zpages',
);

const pipeline = object({ 'receivers!': texts, processors: texts, 'exporters!': texts });

const telemetry = object({
  logs: object({
    level: text,
    encoding: text,
    development: yes,
    disable_caller: yes,
    disable_stacktrace: yes,
    output_paths: texts,
    error_output_paths: texts,
    sampling: anything,
    initial_fields: anything,
    processors: anything,
  }),
  metrics: object({
    level: oneOf('none', 'basic', 'normal', 'detailed'),
    address: text,
    readers: anything,
    views: anything,
  }),
  resource: anything,
  traces: anything,
});

export const collectorConfig = object({
  'receivers!': receivers,
  processors,
  'exporters!': exporters,
  connectors: components(
    {},
    'count exceptions failover forward routing servicegraph spanmetrics sum roundrobin otlpjson',
  ),
  extensions,
  'service!': object({
    extensions: texts,
    'pipelines!': {
      type: 'object',
      suffixed: true,
      props: { traces: pipeline, metrics: pipeline, logs: pipeline, profiles: pipeline },
    },
    telemetry,
  }),
});
