/**
 * JSON of values that many dashboards hold: written once. A fleet's dashboards are mostly what every fleet's dashboards
 * are, and emitting them costs what differs.
 */
const texts = new WeakMap<object, string>();

/** Marks a value that never changes again. */
export function shared<T extends object>(value: T): T {
  texts.set(value, JSON.stringify(value));
  return value;
}

/** JSON of a value; one that was marked, or whose members were, is not written again. */
export function jsonOf(value: unknown): string {
  return (typeof value === 'object' && value !== null ? texts.get(value) : undefined) ?? JSON.stringify(value);
}

/** JSON of an object, each member by `jsonOf`. */
export function jsonOfMembers(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  let members = '';
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members += `${members === '' ? '' : ','}"${key}":${jsonOf(member)}`;
  }
  return `{${members}}`;
}
