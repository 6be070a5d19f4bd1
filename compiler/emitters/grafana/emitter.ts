import type { EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';

/** Imported with the list of emitters; what draws the dashboards only when the first fleet is emitted. */
export const grafanaEmitter: FleetEmitter = Object.freeze({
  name: 'grafana',
  summary: 'the dashboards of a fleet: the fleet itself, its routes, and each promise in detail',
  version: 1,
  scope: 'fleet',
  load: async () => (await import('./emit.ts')).emit,
});

export const platformDashboardsEmitter: EnvironmentEmitter = Object.freeze({
  name: 'platform-dashboards',
  summary: 'the dashboards of an environment: overview, scheduler, delivery and the health of telemetry',
  version: 1,
  scope: 'environment',
  load: async () => (await import('./emit-platform.ts')).emitPlatform,
});
