import { WordError } from '../usage.ts';

/** The path of a fleet in the API. Throws WordError for what is no `team/fleet`. */
export function fleetPath(fleet: string): string {
  if (!/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/.test(fleet)) {
    throw new WordError(`\`${fleet}\` is no fleet`, ['a fleet is named team/fleet']);
  }
  return `/v1/fleets/${fleet}`;
}

/** The path of a task in the API. */
export function taskPath(id: string, rest = ''): string {
  return `/v1/tasks/${encodeURIComponent(id)}${rest}`;
}

/** `k=v` texts as a map. Throws WordError for one without a name. */
export function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new WordError(`\`${text}\` is no label`, ['a label is given as name=value']);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** What names a task for whoever submits it. Throws WordError for what no scheduler reads. */
export function keyOf(key: string): string {
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new WordError(`\`${key}\` is no key`, ['a key has 1 to 128 printable characters of ASCII, and no space']);
  }
  return key;
}

export const TASK_ID = { name: 'id', summary: 'The task', required: true } as const;
export const FLEET = { name: 'fleet', summary: 'As team/fleet', required: true } as const;
