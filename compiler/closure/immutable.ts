import type { Json } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { Place } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { at, listAt, nameOf, textAt } from './facts.ts';

/** What the cluster refuses to change about an object, by field: `Kind namespace/name` -> field -> value as JSON. */
export type ImmutableFacts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Fields that are fixed when an object is made, by kind. */
const FIXED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'selector']],
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
  ],
  Rollout: [['spec', 'selector']],
  PriorityClass: [['value'], ['preemptionPolicy']],
  RoleBinding: [['roleRef']],
  Service: [['spec', 'clusterIP']],
};

/** What must stay as it is about the objects of a unit. Objects with nothing fixed are left out. */
export function immutableFacts(manifests: readonly Manifest[]): ImmutableFacts {
  const facts: Record<string, Record<string, string>> = {};
  for (const { value } of manifests) {
    const fields: Record<string, string> = {};
    for (const path of FIXED[textAt(value, 'kind') ?? ''] ?? []) keep(fields, path.join('.'), at(value, ...path));
    for (const claim of listAt(value, 'spec', 'volumeClaimTemplates')) keepClaim(fields, claim);
    if (Object.keys(fields).length > 0) facts[nameOf(value)] = fields;
  }
  return facts;
}

function keepClaim(fields: Record<string, string>, claim: Json): void {
  const name = textAt(claim, 'metadata', 'name') ?? '';
  keep(fields, `volume ${name} size`, at(claim, 'spec', 'resources', 'requests', 'storage'));
  keep(fields, `volume ${name} class`, at(claim, 'spec', 'storageClassName'));
  keep(fields, `volume ${name} access`, at(claim, 'spec', 'accessModes'));
}

function keep(fields: Record<string, string>, name: string, value: Json | undefined): void {
  if (value !== undefined) fields[name] = typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a unit had and has now. */
export interface UnitChange {
  readonly unit: string;
  readonly before: ImmutableFacts;
  /** Nothing when the unit is gone. */
  readonly after?: ImmutableFacts;
  /** Where the spec says what stands at a field. */
  readonly place: (field: string) => Place;
}

/** Reports what the cluster would refuse to change, and volumes that would lose their owner. */
export function compareImmutable({ unit, before, after, place }: UnitChange, report: Report): void {
  for (const [object, fields] of Object.entries(before)) {
    const now = after?.[object];
    if (now === undefined) {
      const hasVolume = Object.keys(fields).some((field) => field.startsWith('volume '));
      if (hasVolume) report('NT3011', place('memory'), { object, unit });
      continue;
    }
    for (const [field, value] of Object.entries(fields)) {
      const next = now[field];
      if (next === value) continue;
      const params = { object, field, before: `\`${value}\``, after: next === undefined ? 'nothing' : `\`${next}\`` };
      report('NT3010', place(field), params);
    }
  }
}
