import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assignment, TaskView } from '../../../spec/contract/protocol.ts';
import { httpCall } from '../push-call.ts';
import type { RunningScheduler, SchedulerOptions } from '../scheduler.ts';
import { accept, Bench, fleet, submission, table } from './bench.ts';

export const FLEET = 'research/summarizer';
let bench = new Bench();
let close = (): unknown => undefined;

/** After each test. */
export async function closePushed(): Promise<void> {
  await close();
  await bench.close();
}

export interface Call {
  readonly task: Assignment;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly response: ServerResponse;
}

/** A push fleet whose agent is a real server, and a scheduler that calls it. */
export async function pushed(
  answer: (call: Call) => void,
  changes: Parameters<typeof accept>[0] = {},
  { slots = 1, ...options }: Partial<SchedulerOptions> & { readonly slots?: number } = {},
) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const task = JSON.parse(Buffer.concat(parts).toString()) as Assignment;
      answer({ task, path: `${request.method} ${request.url}`, headers: request.headers, response });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/tasks`;
  const accepts = {
    summarize: accept({ heartbeatMs: 900, backoff: { firstMs: 5, factor: 2, maxMs: 20, jitter: 'none' }, ...changes }),
  };
  bench = new Bench();
  const withFleet = (changes: Parameters<typeof fleet>[0], digest: string) =>
    table({ fleets: { [FLEET]: fleet({ slots, accepts, ...changes }) }, digest });
  const tables = {
    push: withFleet({ delivery: 'push', url }, 'sha256-1'),
    pull: withFleet({ delivery: 'pull' }, 'sha256-2'),
    nowhere: withFleet({ delivery: 'push', url: 'http://127.0.0.1:2/v1/tasks' }, 'sha256-4'),
    elsewhere: withFleet({ delivery: 'push', url: `${url}/elsewhere`, slots: 3 }, 'sha256-3'),
  };
  const start = (): Promise<RunningScheduler> => bench.start('s-0', { push: httpCall, table: tables.push, ...options });
  const scheduler = await start();
  const end = (callsMs?: number): Promise<void> => {
    bench.running.splice(0);
    return scheduler.close(callsMs);
  };
  const { store } = bench;
  return { scheduler, store, tables, start, end, submit: () => submitted(scheduler) };
}

/** A lease that outlasts a machine with other work. */
export const PATIENT = { heartbeatMs: 20_000 };

export async function submitted(scheduler: RunningScheduler, key = 'k-1'): Promise<string> {
  const outcome = await scheduler.submit(submission(key, { text: 'hello' }));
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.response.id;
}

export async function view(scheduler: RunningScheduler, id: string, state: TaskView['state']): Promise<TaskView> {
  for await (const event of scheduler.events(id, 0, AbortSignal.timeout(10_000))) if (event.state === state) break;
  const task = await scheduler.task(id);
  if (task === undefined) throw new Error('the task is gone');
  return task;
}

export function reply(response: ServerResponse, status: number, body: string | Uint8Array = '', headers = {}): void {
  response.writeHead(status, headers);
  response.end(body);
}
