import type { EnvironmentEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const platformEmitter: EnvironmentEmitter = Object.freeze({
  name: 'platform',
  summary: 'what all fleets of an environment share: the scheduler, its store, who goes first and what people may do',
  version: 4,
  scope: 'environment',
  load: async () => (await import('./emit.ts')).emit,
});
