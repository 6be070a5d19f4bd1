import type { Json, JsonObject } from '../../../spec/contract/source.ts';

/**
 * What a collector would only say when it starts: the operator takes any configuration. A closed catalogue of the
 * components and settings we use, and the rules of the graph between them.
 */
export function collectorProblems(config: Json): readonly string[] {
  const problems: string[] = [];
  compare(config, CATALOG, '', problems);
  if (problems.length === 0) checkGraph(config as unknown as Graph, problems);
  return problems;
}

/** A map of known keys; `*` for any key; a list of what its items are; `leaf` for a value. A name may end in `/<which>`. */
type Shape = 'leaf' | readonly [Shape] | { readonly [key: string]: Shape };

const TLS = { insecure: 'leaf' } as const;
const RULE: Record<string, Shape> = {
  name: 'leaf',
  type: 'leaf',
  status_code: { status_codes: ['leaf'] },
  latency: { threshold_ms: 'leaf' },
  probabilistic: { sampling_percentage: 'leaf' },
  numeric_attribute: { key: 'leaf', min_value: 'leaf', max_value: 'leaf' },
  string_attribute: { key: 'leaf', values: ['leaf'], invert_match: 'leaf' },
};
const CATALOG: Shape = {
  extensions: {
    jaeger_storage: {
      backends: {
        '*': {
          memory: { max_traces: 'leaf' },
          elasticsearch: {
            server_urls: ['leaf'],
            indices: { index_prefix: 'leaf' },
            auth: { basic: { username: 'leaf', password_file: 'leaf' } },
          },
        },
      },
    },
    jaeger_query: { storage: { traces: 'leaf' } },
  },
  receivers: { otlp: { protocols: { grpc: { endpoint: 'leaf' } } } },
  processors: {
    memory_limiter: { check_interval: 'leaf', limit_percentage: 'leaf', spike_limit_percentage: 'leaf' },
    tail_sampling: {
      decision_wait: 'leaf',
      num_traces: 'leaf',
      decision_cache: { sampled_cache_size: 'leaf', non_sampled_cache_size: 'leaf' },
      policies: [{ ...RULE, and: { and_sub_policy: [RULE] } }],
    },
    batch: { send_batch_size: 'leaf', timeout: 'leaf' },
  },
  exporters: {
    loadbalancing: {
      routing_key: 'leaf',
      protocol: { otlp: { tls: TLS } },
      resolver: { dns: { hostname: 'leaf', port: 'leaf' } },
    },
    otlp: { endpoint: 'leaf', tls: TLS },
    jaeger_storage_exporter: { trace_storage: 'leaf' },
  },
  service: {
    extensions: ['leaf'],
    telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: 'leaf', port: 'leaf' } } } }] } },
    pipelines: { traces: { receivers: ['leaf'], processors: ['leaf'], exporters: ['leaf'] } },
  },
};

function compare(value: Json, shape: Shape, path: string, problems: string[]): void {
  if (shape === 'leaf') {
    if (typeof value === 'object') problems.push(`${path} is not one value`);
  } else if (isList(shape)) {
    if (!Array.isArray(value)) problems.push(`${path} is not a list`);
    else value.forEach((item: Json, index) => compare(item, shape[0], `${path}/${index}`, problems));
  } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${path} is not a map`);
  } else {
    for (const [key, item] of Object.entries(value as JsonObject)) {
      const known = Object.hasOwn(shape, key) ? shape[key] : shape['*'];
      if (known === undefined) problems.push(`${path}/${key} is not known`);
      else compare(item, known, `${path}/${key}`, problems);
    }
  }
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

type Parts = Readonly<Record<string, JsonObject>>;
interface Graph {
  readonly extensions?: Parts;
  readonly receivers: Parts;
  readonly processors?: Parts;
  readonly exporters: Parts;
  readonly service: {
    readonly extensions?: readonly string[];
    readonly pipelines: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
}

/** Everything that is named exists, everything that exists is used, memory is guarded first and batches are made last. */
function checkGraph({ service, ...parts }: Graph, problems: string[]): void {
  const { extensions = [], pipelines } = service;
  const used = { extensions, ...merged(Object.values(pipelines)) } as Readonly<Record<string, readonly string[]>>;
  for (const part of ['extensions', 'receivers', 'processors', 'exporters'] as const) {
    const there = Object.keys(parts[part] ?? {});
    for (const name of used[part] ?? []) if (!there.includes(name)) problems.push(`${part}/${name} does not exist`);
    for (const name of there) if (used[part]?.includes(name) !== true) problems.push(`${part}/${name} is not used`);
  }
  for (const [name, { processors = [] }] of Object.entries(pipelines)) {
    if (processors[0] !== 'memory_limiter') problems.push(`${name}: memory_limiter is not first`);
    if (processors.at(-1) !== 'batch') problems.push(`${name}: batch is not last`);
  }
}

function merged(pipelines: readonly Readonly<Record<string, readonly string[]>>[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const pipeline of pipelines)
    for (const [part, names] of Object.entries(pipeline)) all[part] = [...(all[part] ?? []), ...names];
  return all;
}
