import type { EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const istioEmitter: FleetEmitter = Object.freeze({
  name: 'istio',
  summary:
    'who may call a fleet and whom it may call, how calls are repeated and broken off, and what is recorded of them',
  version: 3,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

export const istioSharedEmitter: EnvironmentEmitter = Object.freeze({
  name: 'istio-shared',
  summary: 'the way out of the cluster, each host behind it, and the mesh rules of the scheduler and its store',
  version: 2,
  scope: 'environment',
  load: async () => (await import('./emit-shared.ts')).emit,
});
