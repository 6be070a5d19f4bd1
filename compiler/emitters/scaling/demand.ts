import type { FleetContext } from '../../core/fleet-context.ts';
import { ofFleet, series } from '../../core/series.ts';

interface Trigger {
  readonly type: string;
  readonly name: string;
  readonly metricType?: 'AverageValue' | 'Utilization';
  readonly metadata: Record<string, string>;
}

/**
 * Two views of demand, of which the autoscaler takes the larger: slots that are busy, so that some stay free, and slots that
 * are wanted now, so that nobody waits too long.
 */
export function demandTriggers(context: FleetContext, prometheus: string): Trigger[] {
  const { fleet, from } = context;
  const { slots } = fleet.agent;
  const share = fleet.scale.slotUse;
  const trigger = (name: string, query: string, threshold: string): Trigger => ({
    type: 'prometheus',
    name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress: prometheus,
      query,
      threshold,
      activationThreshold: '0',
      // No series is no answer: the fallback decides, not a zero.
      ignoreNullValues: 'false',
    },
  });
  return [
    trigger(
      'wanted',
      from(wantedSlots(fleet.id, fleet.scale.queueWaitMs / 1000), 'scale', 'target', 'queueWait'),
      from(String(slots), 'agent', 'slots'),
    ),
    trigger('busy', ofFleet(series.slotsBusy, fleet.id), from(decimal(slots * share), 'scale', 'target', 'slotUse')),
  ];
}

/**
 * Slots that are busy, and those that the queue needs to be empty within the target: a task that runs for a quarter of the
 * target needs a quarter of a slot, one that runs longer than the target needs a slot of its own. Without a run in the last
 * hour each task counts as one slot.
 */
function wantedSlots(fleet: string, targetSeconds: number): string {
  const depth = ofFleet(series.queueDepth, fleet);
  const part = `clamp_max(${ofFleet(series.runMean, fleet)} / ${decimal(Math.max(targetSeconds, 0.001))}, 1)`;
  return `${ofFleet(series.slotsBusy, fleet)} + ${depth} * (${part} or ${depth} * 0 + 1)`;
}

/** What is left without Prometheus. */
export function processorTrigger({ fleet, from }: FleetContext): Trigger {
  const percent = String(Math.round(fleet.scale.slotUse * 100));
  return {
    type: 'cpu',
    name: 'processor',
    metricType: 'Utilization',
    metadata: { value: from(percent, 'scale', 'target', 'slotUse') },
  };
}

function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}
