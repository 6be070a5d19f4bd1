import process from 'node:process';
import { httpCaller } from '../load/http-caller.ts';
import { sampleAgent, type AgentEvent } from '../load/sample-agent.ts';
import { report, untilAsked } from './agent-report.ts';

/** What an agent's process is told on its command line, as JSON. */
export interface AgentOrders {
  readonly name: string;
  readonly fleets: readonly string[];
  readonly build: string;
  readonly slots: number;
  readonly urls: readonly string[];
  readonly token: string;
}

/** An agent of several fleets in a process of its own. */
async function main(orders: AgentOrders): Promise<void> {
  const stop = untilAsked();
  const caller = httpCaller(orders.token);
  await Promise.all(
    orders.fleets.map((fleet) => {
      const agent = `${fleet}/${orders.name}`;
      const tell = (event: AgentEvent): Promise<void> => report({ agent, event });
      const { name, build, slots, urls } = orders;
      return sampleAgent({ caller, urls, fleet, name, build, slots, stop, tell });
    }),
  );
  process.exit(0);
}

await main(JSON.parse(process.argv[2] ?? '') as AgentOrders);
