/**
 * A map for names that people chose: nothing is found in it that nobody put there, `constructor` and `toString` included.
 * Its prototype is empty, and not null: what V8 keeps for `Object.create(null)` is a hash table, which takes more memory and
 * is slower to read and to copy.
 */
export function bareMap(): Record<string, unknown> {
  return new BareMap() as unknown as Record<string, unknown>;
}

/** Not a class: the prototype of a class cannot be replaced. */
const BareMap = function BareMap() {
  // Nothing is its own at first.
} as unknown as new () => object;
BareMap.prototype = Object.freeze(Object.create(null));
