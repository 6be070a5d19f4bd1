import type { FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when the first fleet is emitted. */
export const kubernetesEmitter: FleetEmitter = Object.freeze({
  name: 'kubernetes',
  summary: 'the namespace of a fleet and everything in it: workload, service, budget, quota, network policies, access',
  version: 4,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});
