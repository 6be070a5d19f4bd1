import { startChild, type Child } from './child.ts';
import type { AgentOrders, AgentReport } from './agent-process.ts';

/** An agent's process, started again under the same name. */
export interface AgentChild {
  readonly name: string;
  child(): Child;
  start(): void;
}

export interface AgentChildOptions {
  readonly orders: AgentOrders;
  /** Node's arguments that lead to `agent-process`. */
  readonly program: readonly string[];
  readonly folder: string;
  readonly onReport: (report: AgentReport) => void;
}

export function agentChild({ orders, program, folder, onReport }: AgentChildOptions): AgentChild {
  let child: Child | undefined;
  return {
    name: orders.name,
    child: () => {
      if (child === undefined) throw new Error(`${orders.name} was not started`);
      return child;
    },
    start: () => {
      const args = [...program, JSON.stringify(orders)];
      child = startChild({ program: process.execPath, args, cwd: folder, env: {}, ipc: true });
      child.process.on('message', (message) => onReport(message as AgentReport));
    },
  };
}
