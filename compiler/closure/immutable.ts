import type { Json } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { Place } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { at, listAt, nameOf, textAt } from './facts.ts';

/** What the cluster refuses to change about an object, by field: `Kind namespace/name` -> field -> value as JSON. `null` where the object does not have the field: adding it later is refused as well. */
export type ImmutableFacts = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

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
  const facts: Record<string, Record<string, string | null>> = {};
  for (const { value } of manifests) {
    const fields: Record<string, string | null> = {};
    for (const path of FIXED[String(value['kind'])] ?? []) keep(fields, path.join('.'), at(value, ...path));
    const claims = listAt(value, 'spec', 'volumeClaimTemplates');
    if (value['kind'] === 'StatefulSet')
      fields['volumes'] = claims.map((claim) => textAt(claim, 'metadata', 'name')).join(' ');
    for (const claim of claims) keepClaim(fields, claim);
    if (Object.keys(fields).length > 0) facts[nameOf(value)] = fields;
  }
  return facts;
}

function keepClaim(fields: Record<string, string | null>, claim: Json): void {
  const name = String(textAt(claim, 'metadata', 'name'));
  keep(fields, `volume ${name} size`, at(claim, 'spec', 'resources', 'requests', 'storage'));
  keep(fields, `volume ${name} class`, at(claim, 'spec', 'storageClassName'));
  keep(fields, `volume ${name} access`, at(claim, 'spec', 'accessModes'));
}

function keep(fields: Record<string, string | null>, name: string, value: Json | undefined): void {
  fields[name] = value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);
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
      const next = now[field] ?? null;
      if (next === value) continue;
      report('NT3010', place(field), { object, field, before: shown(value), after: shown(next) });
    }
  }
}

function shown(value: string | null): string {
  return value === null ? 'nothing' : `\`${value}\``;
}
