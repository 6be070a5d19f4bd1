import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Assignment } from '../../spec/contract/protocol.ts';
import { httpCaller } from '../load/http-caller.ts';
import { handedAgent, type AgentEvent } from '../load/sample-agent.ts';
import type { AgentOrders } from './agent-process.ts';
import { report, untilAsked } from './agent-report.ts';
import { PUSHED_FLEET } from './chaos-table.ts';

/** What takes longer is taken with 202 and looked after: a call must be answered within a third of the heartbeat. */
const AT_ONCE_MS = 100;

/** An agent of a push fleet in a process of its own: it says on which port it is called. */
function main({ name, build, urls, token }: AgentOrders): void {
  const agent = `${PUSHED_FLEET}/${name}`;
  const tell = (event: AgentEvent): Promise<void> => report({ agent, event });
  // It never asks for more: it is handed what it gets.
  const own = { fleet: PUSHED_FLEET, name, build, slots: Infinity };
  const take = handedAgent({ ...own, caller: httpCaller(token), urls, stop: untilAsked(), tell });
  const server = createServer((request, response) => {
    void read(request).then(async (task) => {
      if (runMsOf(task) <= AT_ONCE_MS) await run(task, response, tell);
      else {
        void take(task);
        response.writeHead(202).end();
      }
    });
  });
  server.listen(0, '127.0.0.1', () => void report({ port: (server.address() as AddressInfo).port }));
}

async function read(request: IncomingMessage): Promise<Assignment> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Assignment;
}

function runMsOf({ input }: Assignment): number {
  return Number(input['runMs'] ?? 0);
}

/** As `sampleAgent` does it, and its word is the answer. */
async function run(
  task: Assignment,
  response: ServerResponse,
  tell: (event: AgentEvent) => Promise<void>,
): Promise<void> {
  const { id, token, attempt, input } = task;
  await tell({ kind: 'assigned', task });
  await pause(runMsOf(task));
  if (attempt <= Number(input['failures'] ?? 0)) {
    response.writeHead(500).end('again');
    return;
  }
  const result = { token, n: input['n'] ?? null };
  await tell({ kind: 'finishing', id, token, result });
  response.end(JSON.stringify(result));
}

main(JSON.parse(process.argv[2] ?? '') as AgentOrders);
