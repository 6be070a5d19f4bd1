import type { FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when the first fleet is emitted. */
export const rolloutEmitter: FleetEmitter = Object.freeze({
  name: 'rollout',
  summary:
    'how a new version takes over, step by step or at once, and what it is measured by: a Rollout and its analyses',
  version: 1,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});
