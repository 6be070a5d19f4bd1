import type { ServerResponse } from 'node:http';
import type { TaskEvent } from '../../spec/contract/protocol.ts';

/** Nobody on the way shall think that it is over. */
const ALIVE_MS = 15_000;

/**
 * Writes events as they come (`text/event-stream`), as fast as the reader reads, with a comment now and then. Ends with the
 * events, or when nobody shall wait any more; a reader that comes back with `Last-Event-ID` goes on where it was.
 */
export async function writeEvents(
  response: ServerResponse,
  events: AsyncIterable<TaskEvent>,
  gone: AbortSignal,
  aliveMs = ALIVE_MS,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const alive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, aliveMs);
  try {
    for await (const event of events) {
      if (!response.write(eventText(event))) await drained(response, gone);
      if (response.destroyed) break;
    }
  } finally {
    clearInterval(alive);
    response.end();
  }
}

function eventText(event: TaskEvent): string {
  return `id: ${event.seq}\nevent: task\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The reader has read, or has gone. Nobody waits for one that does not read when all shall end. */
function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      gone.removeEventListener('abort', cut);
      resolve();
    };
    const cut = (): void => {
      response.destroy();
      go();
    };
    response.once('drain', go);
    response.once('close', go);
    gone.addEventListener('abort', cut);
    if (gone.aborted) cut();
  });
}
