import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metrics } from '../../spec/contract/metrics.ts';
import type { WorkerEvent, WorkerState } from './worker.ts';

/** What an agent tells Prometheus of itself, in the names that the generated dashboards and alerts read. */
export interface AgentMetrics {
  note(event: WorkerEvent): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function agentMetrics(state: () => WorkerState): AgentMetrics {
  const registry = new Registry();
  const common = (name: keyof typeof metrics) => ({ name, help: metrics[name].help, registers: [registry] });
  const polls = new Counter({ ...common('nova_agent_polls_total'), labelNames: ['outcome'] });
  for (const outcome of metrics.nova_agent_polls_total.labels.outcome) polls.inc({ outcome }, 0);
  const handled = new Histogram({
    ...common('nova_agent_handler_duration_seconds'),
    labelNames: ['task'],
    buckets: [...metrics.nova_agent_handler_duration_seconds.buckets],
  });
  const slots = new Gauge({
    ...common('nova_agent_slots'),
    labelNames: ['state'],
    collect: () => {
      const { busy, slots: all } = state();
      slots.set({ state: 'busy' }, busy);
      slots.set({ state: 'free' }, Math.max(0, all - busy));
    },
  });
  return {
    note: (event) => {
      if (event.kind === 'polled') polls.inc({ outcome: event.outcome });
      if (event.kind === 'settled') handled.observe({ task: event.task.task }, event.seconds);
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
