import { operators } from '../../core/names.ts';
/** Names that only the objects of telemetry agree on. */
export const collectors = { gateway: 'otel-gateway', sampler: 'otel-sampler', jaeger: 'jaeger' } as const;
export const searchCluster = 'nova-logs';
/** Ports of collectors besides OTLP. */
export const telemetryPorts = {
  metrics: 8888,
  jaegerUi: 16686,
  search: 9200,
  searchPeers: 9300,
  fluentBit: 2020,
} as const;
/** Pods that controllers make for us, by the labels they give them. */
export const telemetryPods = {
  sampler: { 'app.kubernetes.io/name': 'otel-sampler-collector' },
  jaeger: { 'app.kubernetes.io/name': 'jaeger-collector' },
  search: { 'elasticsearch.k8s.elastic.co/cluster-name': searchCluster },
  fluentBit: { 'app.kubernetes.io/name': 'fluent-bit' },
  setup: { 'app.kubernetes.io/name': 'search-setup' },
} as const;
/** Images of what we run; the operators would take whatever is newest. */
export const images = {
  collector: 'docker.io/otel/opentelemetry-collector-contrib:0.139.0',
  jaeger: 'docker.io/jaegertracing/jaeger:2.11.0',
  fluentBit: 'ghcr.io/fluent/fluent-operator/fluent-bit:4.2.0',
  curl: 'docker.io/curlimages/curl:8.16.0',
} as const;
export const SEARCH_VERSION = '9.1.4';
/** Namespace of the operator of Elasticsearch. */
export const SEARCH_OPERATOR = operators.elastic;
