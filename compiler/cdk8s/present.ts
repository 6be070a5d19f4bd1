/** A copy without the keys that have no value. */
export function present<T>(map: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const kept = Object.entries(map).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}
