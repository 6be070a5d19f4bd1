import process from 'node:process';
import { httpCaller } from '../load/http-caller.ts';
import { sampleAgent, type AgentEvent } from '../load/sample-agent.ts';

/** What an agent's process is told on its command line, as JSON. */
export interface AgentOrders {
  readonly name: string;
  readonly fleets: readonly string[];
  readonly build: string;
  readonly slots: number;
  readonly urls: readonly string[];
  readonly token: string;
}

/** What it tells the one who started it, before it does what it tells. */
export interface AgentReport {
  readonly agent: string;
  readonly event: AgentEvent;
}

/** An agent of several fleets in a process of its own. It ends when nobody listens to it any more. */
async function main(orders: AgentOrders): Promise<void> {
  const stop = new AbortController();
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => stop.abort());
  const caller = httpCaller(orders.token);
  await Promise.all(
    orders.fleets.map((fleet) => {
      const agent = `${fleet}/${orders.name}`;
      const tell = (event: AgentEvent): Promise<void> => report({ agent, event });
      const { name, build, slots, urls } = orders;
      return sampleAgent({ caller, urls, fleet, name, build, slots, stop: stop.signal, tell });
    }),
  );
  process.exit(0);
}

/** Resolves when the message is out of this process, and so outlives it. */
function report(message: AgentReport): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

await main(JSON.parse(process.argv[2] ?? '') as AgentOrders);
