import type { EnvironmentEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const telemetryEmitter: EnvironmentEmitter = Object.freeze({
  name: 'telemetry',
  summary: 'where traces and logs go: collectors that keep what the SLOs call bad, Jaeger, Fluent Bit, Elasticsearch',
  version: 2,
  scope: 'environment',
  load: async () => (await import('./emit.ts')).emit,
});
