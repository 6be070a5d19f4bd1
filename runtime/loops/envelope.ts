import type { JsonObject } from '../../spec/contract/source.ts';
import type { Task } from '../../spec/contract/task.ts';

/** What the store and the journal keep as a task's body: what was submitted, and what is needed to place it again. */
export interface Envelope {
  readonly task: string;
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly input: JsonObject;
  /** Idempotency key. */
  readonly key: string;
  /** Route that took it, and how many steps of its fallback chain were tried. */
  readonly route: string;
  readonly step: number;
  readonly traceparent?: string;
}

export function encodeEnvelope(envelope: Envelope): string {
  return JSON.stringify(envelope);
}

/** Throws for a text that we did not write. */
export function decodeEnvelope(text: string): Envelope {
  const value: unknown = JSON.parse(text);
  if (!isEnvelope(value)) throw new TypeError('the body of a task is not one of ours');
  return value;
}

/** Nothing for a text that we did not write: somebody else writes to the store, or a version whose tasks say something else. */
export function envelopeIn(text: string): Envelope | undefined {
  try {
    return decodeEnvelope(text);
  } catch {
    return undefined;
  }
}

/** As routing sees it. */
export function taskOf({ task, tenant, labels, input }: Envelope): Task {
  return { task, tenant, labels, input };
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { task, tenant, key, route, step } = value as Partial<Record<keyof Envelope, unknown>>;
  return [task, tenant, key, route].every((text) => typeof text === 'string') && typeof step === 'number';
}
