import { addPodMonitor } from '../../cdk8s/pod-monitor.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext, Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { pods, ports } from '../../core/names.ts';

/** How agents are scraped. They do not know whose they are; dashboards ask by fleet. */
export function addAgentMonitor(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  addPodMonitor(add, context.metadata(fleet.name, waves.observe), fleet.environment.mesh, {
    pods: context.selector,
    port: from(fleet.agent.ports.metrics, 'agent', 'ports', 'metrics'),
    relabelings: [{ action: 'replace', targetLabel: 'fleet', replacement: fleet.id }],
  });
}

/** How schedulers are scraped; they name fleets themselves. */
export function addSchedulerMonitor(add: Add, metadata: Metadata, mesh: EnvironmentFacts['mesh']): void {
  addPodMonitor(add, metadata, mesh, { pods: pods.scheduler, port: ports.schedulerOps });
}
