import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEvent } from '../../core/audit-sink.ts';

/**
 * One line of the audit log. JSON, so that people and tools read it; its seal is over the very bytes before it.
 *
 * Glossary
 * - record: one line; `seq` counts them from 1 over all files, without gaps
 * - seal: HMAC-SHA256 of a line under the chain's key; holds the seal of the line before, so that lines are a chain
 * - checkpoint: a line with a signature over the seal before it; kept elsewhere as well, it becomes an anchor
 * - anchor: a checkpoint that somebody keeps where the log's writer cannot reach it
 */
export type AuditBody =
  | ({ readonly kind: 'event' } & AuditEvent)
  /** Begins a file, and each time the log is opened: whose log it is, and how often it is signed. */
  | { readonly kind: 'open'; readonly at: number; readonly log: string; readonly key: string; readonly every: number }
  | ({ readonly kind: 'checkpoint' } & Checkpoint)
  /** Events that found the queue full. */
  | { readonly kind: 'dropped'; readonly at: number; readonly count: number }
  /** The oldest file goes; it ended with this record. */
  | { readonly kind: 'retired'; readonly at: number; readonly file: string; readonly through: number };

export interface Checkpoint {
  readonly at: number;
  readonly log: string;
  /** The record whose seal is signed, and that seal. */
  readonly through: number;
  readonly head: string;
  /** Public key, base64 of its SPKI form. */
  readonly key: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** Where a chain is: the newest record. */
export interface ChainEnd {
  readonly seq: number;
  readonly seal: string;
}

export const CHAIN_BEGIN: ChainEnd = Object.freeze({ seq: 0, seal: '0'.repeat(64) });

/** The next line, without its line end. */
export function sealedLine(body: AuditBody, before: ChainEnd, key: Uint8Array): { line: string; end: ChainEnd } {
  const seq = before.seq + 1;
  const text = JSON.stringify({ seq, ...body, prev: before.seal });
  const seal = sealOf(text, key);
  return { line: `${text.slice(0, -1)},"seal":"${seal}"}`, end: { seq, seal } };
}

export interface ReadLine extends ChainEnd {
  readonly prev: string;
  readonly body: AuditBody;
  /** The seal is that of this line under the key. */
  readonly isSound: boolean;
}

const SEALED = /^(\{"seq":[1-9]\d{0,15},"kind":"[a-z]+".*,"prev":"([0-9a-f]{64})"),"seal":"([0-9a-f]{64})"\}$/;

/** Nothing for a text that is no line of an audit log. */
export function readLine(line: string, key: Uint8Array): ReadLine | undefined {
  const [, text, prev = '', seal = ''] = SEALED.exec(line) ?? [];
  if (text === undefined) return undefined;
  try {
    const { seq, prev: _, ...body } = JSON.parse(`${text}}`) as AuditBody & ChainEnd & { readonly prev: string };
    const expected = Buffer.from(sealOf(`${text}}`, key), 'hex');
    const isSound = timingSafeEqual(expected, Buffer.from(seal, 'hex'));
    return { seq, prev, seal, isSound, body: body as AuditBody };
  } catch {
    return undefined;
  }
}

function sealOf(text: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
