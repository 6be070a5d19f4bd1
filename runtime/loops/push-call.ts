import type { Assignment } from '../../spec/contract/protocol.ts';
import { RESULT_BYTES_MAX } from '../core/task-record.ts';
import { beginning, whyUnbegun, type PushAnswer } from './push-answer.ts';

/** No connection to an agent came about: nobody has begun the task. */
export class NotReached extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'NotReached';
  }
}

/** How an agent of a push fleet is called. Rejects when it gives no answer, with `NotReached` when it heard nothing; see `push-run.ts` for what an answer means. */
export interface PushCall {
  (url: string, assignment: Assignment, signal: AbortSignal): Promise<PushAnswer>;
}

/** Calls over HTTP; connections are kept and used again. */
export const httpCall: PushCall = async (url, assignment, signal) => {
  // Held here: Node 20 may collect the timeout of a composed signal before it fires.
  const own = new AbortController();
  const stop = (): void => own.abort(signal.reason);
  const late = new DOMException('it did not answer in time', 'TimeoutError');
  const timer = setTimeout(() => own.abort(late), Math.max(1, Math.floor(assignment.heartbeatMs / 3)));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await send(url, assignment, own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};

async function send(url: string, assignment: Assignment, signal: AbortSignal): Promise<PushAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal,
    headers: {
      'content-type': 'application/json',
      'nova-torch-task': assignment.id,
      'nova-torch-token': String(assignment.token),
      'idempotency-key': assignment.id,
      ...(assignment.traceparent !== undefined && { traceparent: assignment.traceparent }),
    },
    body: JSON.stringify(assignment),
  }).catch(refused);
  const body = await bodyOf(response);
  const { status, headers } = response;
  const after = Number(headers.get('retry-after'));
  const unbegun = whyUnbegun(status, headers, body);
  // A proxy of the mesh has taken the connection, and found nobody behind it.
  if (unbegun === 'nobody-there') throw new NotReached(new Error(beginning(body)));
  return { status, body, isUnbegun: unbegun !== undefined, ...(after > 0 && { retryAfterMs: after * 1000 }) };
}

/** Of what `fetch` says only the reason of a failed connection is sure. */
function refused(error: unknown): never {
  const { cause } = error as { readonly cause?: Error & { readonly code?: string } };
  throw cause instanceof Error && UNCONNECTED.has(cause.code ?? '') ? new NotReached(cause) : error;
}

const UNCONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

async function bodyOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    size += part.byteLength;
    // What is left of it is not read: leaving the loop ends the connection.
    if (size > RESULT_BYTES_MAX) break;
  }
  return Buffer.concat(parts);
}
