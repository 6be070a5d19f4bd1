import type { EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const vaultEmitter: FleetEmitter = Object.freeze({
  name: 'vault',
  summary: 'what a fleet may read of the secrets server, and the Secrets it gets',
  version: 3,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

export const vaultSharedEmitter: EnvironmentEmitter = Object.freeze({
  name: 'vault-shared',
  summary: 'who configures the secrets server, and how everything reaches it',
  version: 3,
  scope: 'environment',
  load: async () => (await import('./emit-shared.ts')).emit,
});
