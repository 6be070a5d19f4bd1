import { createHash } from 'node:crypto';
import type { FleetModel, SecretRef } from './model.ts';
import { deriveName } from './names.ts';
import type { Origin } from './origin.ts';
import { sure } from '../../spec/contract/sure.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * What a fleet is given of the secrets server: one Secret for each place there and each way of mounting it.
 *
 * Glossary
 * - engine: the mount of a secrets engine, the first part of a secret's path; `path` is the rest
 * - key: the key inside the Secret; for `env` it is the name of the variable
 * - lease: how long what an engine makes for each reader lives; one read gives one lease with all its fields
 *
 * One Secret for each place, because the operators write one place into one Secret. Files apart from variables, so that only
 * a changed variable starts new pods.
 */
export interface DeliveredSecret {
  readonly name: string;
  readonly mount: 'file' | 'env';
  readonly engine: string;
  readonly path: string;
  /** By key, sorted. */
  readonly keys: readonly SecretKey[];
  readonly lease?: Lease;
}

/** The server lets no token live longer than 32 days, and a lease ends with its token. The schema has the same bound. */
export const LEASE_MOST_MS = 30 * 86_400_000;

export interface Lease {
  readonly ms: number;
  readonly at: Origin;
}

export interface SecretKey {
  readonly key: string;
  /** The field of the secret on the server. */
  readonly field: string;
  /** Below the folder of secrets. */
  readonly file: string;
  readonly at: Origin;
}

/** One field that a fleet reads. */
export interface SecretRead extends SecretKey {
  readonly mount: 'file' | 'env';
  /** `kv/engineering/signing` */
  readonly place: string;
  readonly lease?: Lease;
}

/**
 * Secrets of a fleet: its own, and those of the providers and tool servers it uses. By name, sorted. Reads of one place agree
 * on its lease and its way of mounting where there is one: a check says so.
 */
export function deliveredSecrets(fleet: FleetModel): readonly DeliveredSecret[] {
  const groups = new Map<string, SecretRead[]>();
  for (const read of secretReads(fleet)) {
    const group = `${read.mount} ${read.place}`;
    groups.set(group, [...(groups.get(group) ?? []), read]);
  }
  return [...groups.values()].map((reads) => delivered(fleet.name, reads)).sort((a, b) => compareText(a.name, b.name));
}

/** The file of a provider's or tool server's credential, below the folder of secrets. */
export function credentialFile(kind: 'providers' | 'tools', name: string): string {
  return `${kind}/${name}`;
}

/** Every field that a fleet reads: its own by name, then those of its providers and tool servers. */
export function secretReads(fleet: FleetModel): readonly SecretRead[] {
  const own = [...fleet.secrets].map(([key, { mount, at, ...ref }]) =>
    readOf(ref, { key, file: key, mount, at }, () => fleet.from(['secrets', key, 'lease'])),
  );
  const uses = [
    ...fleet.providers.map(({ facts, at }) => ({ kind: 'providers' as const, facts, at })),
    ...[...fleet.tools.values()].map(({ facts, at }) => ({ kind: 'tools' as const, facts, at })),
  ];
  const credentials = uses.flatMap(({ kind, facts: { name, secret }, at }) => {
    const file = credentialFile(kind, name);
    const as = { key: `${kind}.${name}`, file, mount: 'file', at } as const;
    return secret === undefined ? [] : [readOf(secret, as, () => at)];
  });
  return [...own, ...credentials];
}

function readOf(
  { path, field, leaseMs }: SecretRef,
  as: Omit<SecretRead, 'place' | 'field' | 'lease'>,
  leaseAt: () => Origin,
): SecretRead {
  const read = { ...as, place: path, field };
  return leaseMs === undefined ? read : { ...read, lease: { ms: leaseMs, at: leaseAt() } };
}

function delivered(fleet: string, reads: readonly SecretRead[]): DeliveredSecret {
  const { mount, place, lease } = sure(reads[0], 'the first key of a secret');
  const [engine = '', ...path] = place.split('/');
  const keys = reads.map(({ key, field, file, at }) => ({ key, field, file, at }));
  return {
    // What one operator's object wrote is never taken over by another's: a lease makes it another Secret.
    name: secretName(fleet, lease === undefined ? mount : `${mount} lease`, place),
    mount,
    engine,
    path: path.join('/'),
    keys: keys.sort((a, b) => compareText(a.key, b.key)),
    ...(lease === undefined ? {} : { lease }),
  };
}

/** Readable, and different for each place and way of delivery whatever characters a path has. */
function secretName(fleet: string, way: string, place: string): string {
  const last = place.slice(place.lastIndexOf('/') + 1).toLowerCase();
  const words = last.replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');
  const digest = createHash('sha256').update(`${way} ${place}`).digest('hex').slice(0, 8);
  return deriveName([fleet, `${words}-${digest}`]);
}
