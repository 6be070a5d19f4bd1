import type { FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const flagdEmitter: FleetEmitter = Object.freeze({
  name: 'flagd',
  summary: 'feature flags that agents decide for each task',
  version: 1,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});
