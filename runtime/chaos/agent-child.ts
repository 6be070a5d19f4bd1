import { startChild, type Child } from './child.ts';
import type { AgentOrders } from './agent-process.ts';
import type { AgentReport } from './agent-report.ts';

/** An agent's process, started again under the same name. */
export interface AgentChild {
  readonly name: string;
  child(): Child;
  start(): void;
  kill(): Promise<void>;
  /** It stands still, and goes on. */
  freeze(): void;
  thaw(): void;
}

export interface AgentChildOptions {
  readonly orders: AgentOrders;
  /** Node's arguments that lead to `agent-process`, or to `called-agent-process`. */
  readonly program: readonly string[];
  readonly folder: string;
  readonly onReport: (report: AgentReport) => void;
  /**
   * One that is called: where, and that it is not to be called now. As a probe would have it, only at once: what is tried are the
   * calls that are under way then.
   */
  readonly onPort?: (port: number | undefined) => void;
}

export function agentChild({ orders, program, folder, onReport, onPort }: AgentChildOptions): AgentChild {
  let child: Child | undefined;
  let port: number | undefined;
  const running = (): Child => {
    if (child === undefined) throw new Error(`${orders.name} was not started`);
    return child;
  };
  return {
    name: orders.name,
    child: running,
    start: () => {
      const args = [...program, JSON.stringify(orders)];
      child = startChild({ program: process.execPath, args, cwd: folder, env: {}, ipc: true });
      child.process.on('message', (message: AgentReport | { readonly port: number }) => {
        if ('event' in message) onReport(message);
        else onPort?.((port = message.port));
      });
    },
    kill: () => {
      onPort?.(undefined);
      return running().kill();
    },
    freeze: () => {
      onPort?.(undefined);
      running().signal('SIGSTOP');
    },
    thaw: () => {
      running().signal('SIGCONT');
      onPort?.(port);
    },
  };
}
