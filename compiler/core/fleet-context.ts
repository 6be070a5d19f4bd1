import type { Json, JsonPath } from '../../spec/contract/source.ts';
import type { FleetModel } from './model.ts';
import { LABEL_PREFIX, fleetSelector, labels } from './names.ts';
import { trace } from './trace.ts';

/** What every object of a fleet is made from. */
export interface FleetContext {
  readonly fleet: FleetModel;
  /** Labels of every object. */
  readonly labels: Record<string, string>;
  /** Labels that select the fleet's pods. */
  readonly selector: Record<string, string>;
  /** Marks a value with the place in the fleet's spec that decides it. */
  readonly from: <T extends Json>(value: T, ...path: JsonPath) => T;
  /** Metadata of an object in the fleet's namespace. */
  readonly metadata: (name: string, wave: number, annotations?: Record<string, string>) => Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** Argo CD applies lower waves first: nothing is applied before what it needs. */
export const waves = {
  namespace: -8,
  guard: -7,
  mesh: -6,
  secretPolicy: -5,
  secretRole: -4,
  access: -3,
  secrets: -2,
  workload: 0,
  scaling: 1,
  observe: 2,
  /**
   * What may wait for a person. Argo CD waits for the health of every wave but the last: whatever came after a rollout that
   * is paused would wait with it, and so would the next commit, which is what ends the pause.
   */
  handOver: 3,
} as const;

export function waveAnnotation(wave: number): Record<string, string> {
  return { 'argocd.argoproj.io/sync-wave': String(wave) };
}

export function fleetContext(fleet: FleetModel): FleetContext {
  const own = Object.entries(fleet.labels).map(([name, value]) => [`${LABEL_PREFIX}/${name}`, value]);
  const name = trace(fleet.name, fleet.at);
  const all: Record<string, string> = {
    ...(Object.fromEntries(own) as Record<string, string>),
    ...fleetSelector({ name, team: fleet.team.name }),
    [labels.fleet]: name,
    [labels.environment]: fleet.environment.name,
    [labels.partOf]: 'nova-torch',
    [labels.managedBy]: 'nova-torch',
  };
  return {
    fleet,
    labels: all,
    selector: fleetSelector({ name, team: fleet.team.name }),
    from: (value, ...path) => trace(value, fleet.from(path)),
    metadata: (objectName, wave, annotations = {}) => ({
      name: named(objectName, fleet),
      namespace: trace(fleet.namespace, fleet.at),
      labels: all,
      annotations: { ...waveAnnotation(wave), ...annotations },
    }),
  };
}

/** A name that says the fleet's own comes from there, unless its place is known already; others are ours. */
function named(objectName: string, fleet: FleetModel): string {
  const isPlain = typeof objectName === 'string' && objectName.includes(fleet.name);
  return isPlain ? trace(objectName, fleet.at) : objectName;
}

/**
 * Of what holds other things: Argo CD asks a person before it takes it away, whatever it is told otherwise. With a namespace go
 * the volumes in it.
 */
export const KEPT = { 'argocd.argoproj.io/sync-options': 'Delete=confirm,Prune=confirm' } as const;
