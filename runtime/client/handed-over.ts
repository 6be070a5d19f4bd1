import type { IncomingMessage } from 'node:http';
import type { Assignment } from '../../spec/contract/protocol.ts';

/** As large as a task may be, and a little more. */
const BODY_BYTES_MAX = 131_072;

/** What came as a task, or why it is none: `status` is the answer to that. */
export type HandedOver = { readonly task: Assignment } | { readonly status: 400 | 413; readonly says: string };

/** Reads a task that a scheduler hands over. Rejects when the connection breaks within the body: nobody waits for an answer then. */
export async function handedOver(request: IncomingMessage): Promise<HandedOver> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // The connection outlives a body that is too large: the answer still has to go out on it.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return { status: 413, says: `more than ${BODY_BYTES_MAX} bytes` };
    parts.push(part);
  }
  const task = assignmentOf(Buffer.concat(parts).toString());
  return task === undefined ? { status: 400, says: 'not a task' } : { task };
}

/** All that keeping a run needs must be there: a heartbeat of no length would keep other runs from theirs. */
function assignmentOf(text: string): Assignment | undefined {
  let value: Partial<Assignment> | null;
  try {
    value = JSON.parse(text) as Partial<Assignment> | null;
  } catch {
    return undefined;
  }
  const isWhole =
    typeof value?.id === 'string' &&
    Number.isSafeInteger(value.token) &&
    typeof value.task === 'string' &&
    typeof value.input === 'object' &&
    value.input !== null &&
    typeof value.heartbeatMs === 'number' &&
    value.heartbeatMs > 0 &&
    !Number.isNaN(Date.parse(String(value.dueAt)));
  return isWhole ? (value as Assignment) : undefined;
}
