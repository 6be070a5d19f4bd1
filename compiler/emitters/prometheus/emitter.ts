import type { EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what makes the rules only when the first fleet is emitted. */
export const prometheusEmitter: FleetEmitter = Object.freeze({
  name: 'prometheus',
  summary: 'what is recorded of a fleet, its alerts with their tests, and how its agents are scraped',
  version: 1,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

export const platformAlertsEmitter: EnvironmentEmitter = Object.freeze({
  name: 'platform-alerts',
  summary: 'promises of the scheduler, its alerts with their tests, and how it is scraped',
  version: 1,
  scope: 'environment',
  load: async () => (await import('./emit-platform.ts')).emitPlatform,
});
