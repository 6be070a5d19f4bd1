import { hash } from 'node:crypto';

const PLAIN = /^[A-Za-z0-9._:/@-]{1,64}$/;
const DIGEST_CHARACTERS = 32;

/**
 * Any text as a token text: itself when it is short and plain, else `#` and a digest. A plain text never begins with `#`, so two
 * texts share a key only if their SHA-256 digests share 192 bits.
 */
export function storeKey(text: string): string {
  return PLAIN.test(text) ? text : `#${hash('sha256', text, 'base64url').slice(0, DIGEST_CHARACTERS)}`;
}
