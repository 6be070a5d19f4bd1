import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { ChainEnd, Checkpoint } from './audit-line.ts';

export interface Signer {
  /** Base64 of the public key's SPKI form. */
  readonly publicKey: string;
  sign(at: number, log: string, end: ChainEnd): Checkpoint;
}

/** Throws for a text that is no Ed25519 private key. */
export function signer(pem: string): Signer {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the key that signs checkpoints must be Ed25519');
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  return {
    publicKey,
    sign: (at, log, { seq, seal }) => {
      const unsigned = { at, log, through: seq, head: seal, key: publicKey };
      return { ...unsigned, signature: sign(null, statement(unsigned), key).toString('base64') };
    },
  };
}

/** Whether this key signed it. False for anything that is not even a key. */
export function isSigned(checkpoint: Checkpoint, publicKey: string): boolean {
  try {
    return verify(null, statement(checkpoint), keyOf(publicKey), Buffer.from(checkpoint.signature, 'base64'));
  } catch {
    return false;
  }
}

function keyOf(publicKey: string): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
}

function statement({ at, log, through, head }: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(`nova-torch audit checkpoint\n${log}\n${through}\n${head}\n${at}`);
}

/**
 * Checkpoints out of a file that somebody kept: one a line, as the log's own files have them, as `nova.checkpoint` of a line of
 * the scheduler's log, or as bare JSON. Lines that hold none are passed over.
 */
export function readAnchors(text: string): readonly Checkpoint[] {
  return text.split('\n').flatMap((line) => {
    const value = parsed(line);
    const inner = typeof value['nova.checkpoint'] === 'string' ? parsed(value['nova.checkpoint']) : value;
    return isCheckpoint(inner) ? [inner] : [];
  });
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  const { log, head, key, signature, through, at } = value as Partial<Record<keyof Checkpoint, unknown>>;
  return (
    [log, head, key, signature].every((part) => typeof part === 'string') &&
    Number.isSafeInteger(through) &&
    Number.isSafeInteger(at)
  );
}
