import process from 'node:process';
import type { AgentEvent } from '../load/sample-agent.ts';

/** What an agent's process tells the one who started it, before it does what it tells. */
export interface AgentReport {
  readonly agent: string;
  readonly event: AgentEvent;
}

/** Resolves when the message is out of this process, and so outlives it. */
export function report(message: AgentReport | { readonly port: number }): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

/** It ends when nobody listens to it any more, and takes nothing new when it is asked to end. */
export function untilAsked(): AbortSignal {
  const stop = new AbortController();
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}
