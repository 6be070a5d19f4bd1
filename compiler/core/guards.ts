import type { Manifest } from './artifact.ts';
import { fleetNamespace } from './names.ts';

/** A kind of object, whatever its version. The group of Kubernetes' own kinds is empty. */
export interface GroupKind {
  readonly group: string;
  /** `*` for all kinds of the group. */
  readonly kind: string;
}

/**
 * What keeps teams apart: how much a namespace may hold, who reaches it, and what people may do in it. These objects lie in
 * the platform's folder, the platform's applications apply them, and a team's project refuses them.
 */
export const GUARDS: readonly GroupKind[] = [
  { group: '', kind: 'LimitRange' },
  { group: '', kind: 'Namespace' },
  { group: '', kind: 'ResourceQuota' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'rbac.authorization.k8s.io', kind: '*' },
  { group: 'security.istio.io', kind: '*' },
];

/** Objects of a fleet: what the platform applies for it, and what its team does. */
export function byOwner(manifests: readonly Manifest[]): {
  readonly guards: readonly Manifest[];
  readonly own: readonly Manifest[];
} {
  return { guards: manifests.filter(isGuard), own: manifests.filter((manifest) => !isGuard(manifest)) };
}

function isGuard({ value }: Manifest): boolean {
  const { group, kind } = groupKindOf(value);
  return GUARDS.some((guard) => guard.group === group && (guard.kind === '*' || guard.kind === kind));
}

/** The kind of an object. */
export function groupKindOf(value: Manifest['value']): GroupKind {
  const version = String(value['apiVersion']);
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  return { group, kind: String(value['kind']) };
}

/** Emitters that put what guards a fleet into the platform's folder, a file each. */
const GUARDING = ['chaos', 'istio', 'kubernetes', 'vault'] as const;

/** The file with what an emitter guards a fleet with. */
export function guardFile(emitter: (typeof GUARDING)[number], fleet: { readonly namespace: string }): string {
  return `platform/${emitter}-${fleet.namespace}.yaml`;
}

const GUARD_FILE = new RegExp(`^platform/(?:${GUARDING.join('|')})-(.+--.+)\\.yaml$`);

/** The namespace of the fleet that a file below `generated/<environment>/` guards; nothing for a file that guards none. */
export function guardedNamespace(path: string): string | undefined {
  return GUARD_FILE.exec(path)?.[1];
}

/** A pattern that finds the names of all these files of a fleet, and of no other: `{a,b}-team--fleet.yaml`. */
export function guardFiles(fleet: { readonly namespace: string }): string {
  return `{${GUARDING.join(',')}}-${fleet.namespace}.yaml`;
}

/** A pattern that finds these files of all fleets: two hyphens stand in no name that a person chose. */
export const ALL_GUARD_FILES = `*${fleetNamespace('', '')}*.yaml`;
