import type { EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the objects, and cdk8s with it, only when it is needed. */
export const chaosEmitter: FleetEmitter = Object.freeze({
  name: 'chaos',
  summary: 'experiments on a fleet, which wait until somebody starts them',
  version: 2,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

export const chaosSharedEmitter: EnvironmentEmitter = Object.freeze({
  name: 'chaos-shared',
  summary: 'where experiments run, and those on the scheduler and its store',
  version: 2,
  scope: 'environment',
  load: async () => (await import('./emit-shared.ts')).emit,
});
