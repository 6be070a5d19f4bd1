import { codePointOf } from './text.ts';

/**
 * A stable 32-bit hash of a text: FNV-1a over its UTF-8 bytes, then the finalizer of MurmurHash3, which spreads the last
 * bytes over all bits. Not for secrets. Every implementation of the matcher must agree on it: see `golden/hash.json`.
 */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // One byte, as nearly all of them are; the rest as its own characters.
    if (unit >= 0x80) return finalize(hashOfBytes(text.slice(at), hash));
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return finalize(hash);
}

function hashOfBytes(text: string, begun: number): number {
  let hash = begun;
  for (const character of text) {
    for (const byte of utf8(codePointOf(character))) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}

/** A lone surrogate becomes U+FFFD, as every encoder does. */
function utf8(codePoint: number): readonly number[] {
  const code = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), tail(code)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(code >> 6), tail(code)];
  return [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)];
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

function finalize(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * One of several things by weight: the same key always gets the same one, and keys spread by the weights. The hash modulo
 * the sum of the weights falls into the stretch of one of them, in the order given. Nothing when no weight is positive.
 */
export function chooseByWeight<Item extends { readonly weight: number }>(
  items: readonly Item[],
  key: string,
): Item | undefined {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return only.weight > 0 ? only : undefined;
  const total = items.reduce((sum, item) => sum + Math.max(0, item.weight), 0);
  let rest = total === 0 ? -1 : stableHash(key) % total;
  return rest < 0 ? undefined : items.find((item) => (rest -= Math.max(0, item.weight)) < 0);
}
