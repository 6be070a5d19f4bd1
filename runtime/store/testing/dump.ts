import type { Redis } from 'ioredis';
import { DEFAULT_SETTINGS } from '../../core/route-policy.ts';
import { encodePolicy, encodeSettings, keysOf } from '../dragonfly/encode.ts';
import { APPLY_SOURCE } from '../dragonfly/script.ts';
import type { ShardData } from '../memory/shard-data.ts';
import { encodeRow } from '../row.ts';
import type { Shard } from '../store.ts';

/** A shard's keys as plain data: by letter, then by member or field. The same for both stores. */
export type Dump = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SORTED = ['q', 'd', 'w', 'i', 'j', 't', 'z', 'x', 'u', 'l'] as const;

export function dumpMemory(data: ShardData): Dump {
  const dump: Record<string, Record<string, string>> = {};
  for (const letter of SORTED) {
    dump[letter] = Object.fromEntries(data[letter].entries().map(({ member, score }) => [member, String(score)]));
  }
  dump['o'] = Object.fromEntries([...data.o].map(([id, row]) => [id, encodeRow(row)]));
  for (const letter of ['b', 'r', 'e', 's', 'a'] as const) dump[letter] = Object.fromEntries(data[letter]);
  dump['m'] = dumpMeta(data.m);
  return dump;
}

function dumpMeta(m: ShardData['m']): Record<string, string> {
  const fields: Record<string, string> = {
    v: String(m.v),
    token: String(m.token),
    bytes: String(m.bytes),
    beat: String(m.beat),
  };
  if (m.revision !== '') {
    fields['rev'] = m.revision;
    fields['set'] = encodeSettings(m.settings);
    fields['routes'] = [...m.policies.keys()].join(' ');
  }
  if (m.holdUntilMs !== 0) fields['hold'] = String(m.holdUntilMs);
  for (const [route, policy] of m.policies) fields[`p:${route}`] = encodePolicy(policy);
  for (const [route, restUs] of m.rates) fields[`g:${route}`] = String(restUs);
  for (const [scheduler, position] of m.positions) fields[`hw:${scheduler}`] = String(position);
  for (const [scheduler, number] of m.numbers) fields[`n:${scheduler}`] = String(number);
  if (m.era !== 0) fields['era'] = String(m.era);
  if (m.words !== undefined) fields['words'] = String(m.words);
  for (const [scheduler, era] of m.ended) fields[`y:${scheduler}`] = String(era);
  for (const [scheduler, beat] of m.present) fields[`at:${scheduler}`] = String(beat);
  for (const [name, { number, leases }] of m.claimed) {
    fields[name] = [number, ...leases.map(({ id, token }) => `${id}|${token}`)].join(' ');
  }
  return fields;
}

/** What keeps servers from holding a few members as a list, and says nothing. */
export const LONG_NAME = /^local LONG_NAME = '(.*)'$/m.exec(APPLY_SOURCE)?.[1] ?? '';

export async function dumpRedis(client: Redis, shard: Shard): Promise<Dump> {
  const dump: Record<string, Record<string, string>> = {};
  for (const key of keysOf(shard)) {
    const letter = key.at(-1) ?? '';
    const isSorted = (SORTED as readonly string[]).includes(letter);
    dump[letter] = isSorted ? pairs(await client.zrange(key, '0', '-1', 'WITHSCORES')) : await client.hgetall(key);
    delete dump[letter][LONG_NAME];
  }
  if (dump['m']?.['hold'] === '0') delete dump['m']['hold'];
  // The other store cannot lose a part of itself.
  delete dump['m']?.['keys'];
  return dump;
}

function pairs(flat: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) found[flat[at] ?? ''] = String(Number(flat[at + 1]));
  return found;
}

/** What the script falls back to where there is no policy. */
export const DEFAULT_SETTINGS_TEXT = encodeSettings(DEFAULT_SETTINGS);
