import { createHash } from 'node:crypto';
import type { FleetModel } from './model.ts';
import { deriveName } from './names.ts';
import type { Origin } from './origin.ts';
import { sure } from '../../spec/contract/sure.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * What a fleet is given of the secrets server: one Secret for each place there and each way of mounting it.
 *
 * Glossary
 * - engine: the mount of the key-value store, the first part of a secret's path; `path` is the rest
 * - key: the key inside the Secret; for `env` it is the name of the variable
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
}

export interface SecretKey {
  readonly key: string;
  /** The field of the secret on the server. */
  readonly field: string;
  /** Below the folder of secrets. */
  readonly file: string;
  readonly at: Origin;
}

interface Wanted extends SecretKey {
  readonly mount: 'file' | 'env';
  /** `kv/engineering/signing` */
  readonly place: string;
}

/** Secrets of a fleet: its own, and those of the providers and tool servers it uses. By name, sorted. */
export function deliveredSecrets(fleet: FleetModel): readonly DeliveredSecret[] {
  const groups = new Map<string, Wanted[]>();
  for (const wanted of wantedBy(fleet)) {
    const group = `${wanted.mount} ${wanted.place}`;
    groups.set(group, [...(groups.get(group) ?? []), wanted]);
  }
  return [...groups.values()].map((keys) => delivered(fleet.name, keys)).sort((a, b) => compareText(a.name, b.name));
}

/** The file of a provider's or tool server's credential, below the folder of secrets. */
export function credentialFile(kind: 'providers' | 'tools', name: string): string {
  return `${kind}/${name}`;
}

function wantedBy({ secrets, providers, tools }: FleetModel): Wanted[] {
  const own = [...secrets].map(([key, { path, field, mount, at }]): Wanted => ({
    key,
    field,
    file: key,
    at,
    mount,
    place: path,
  }));
  const uses = [
    ...providers.map(({ facts, at }) => ({ kind: 'providers' as const, facts, at })),
    ...[...tools.values()].map(({ facts, at }) => ({ kind: 'tools' as const, facts, at })),
  ];
  const credentials = uses.flatMap(({ kind, facts: { name, secret }, at }): Wanted[] =>
    secret === undefined
      ? []
      : [
          {
            key: `${kind}.${name}`,
            field: secret.field,
            file: credentialFile(kind, name),
            at,
            mount: 'file',
            place: secret.path,
          },
        ],
  );
  return [...own, ...credentials];
}

function delivered(fleet: string, wanted: readonly Wanted[]): DeliveredSecret {
  const { mount, place } = sure(wanted[0], 'the first key of a secret');
  const [engine = '', ...path] = place.split('/');
  const keys = wanted.map(({ key, field, file, at }) => ({ key, field, file, at }));
  return {
    name: secretName(fleet, mount, place),
    mount,
    engine,
    path: path.join('/'),
    keys: keys.sort((a, b) => compareText(a.key, b.key)),
  };
}

/** Readable, and different for each place and mount whatever characters a path has. */
function secretName(fleet: string, mount: string, place: string): string {
  const last = place.slice(place.lastIndexOf('/') + 1).toLowerCase();
  const words = last.replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');
  const digest = createHash('sha256').update(`${mount} ${place}`).digest('hex').slice(0, 8);
  return deriveName([fleet, `${words}-${digest}`]);
}
