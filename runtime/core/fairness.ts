import { PRIORITIES, type Priority } from '../../spec/contract/task.ts';
import { COST_MAX } from './task-record.ts';

/**
 * Start-time fair queueing. Each flow has a finish tag: where its next turn begins at the earliest. A task that becomes ready
 * gets the tag `max(v, finish)`, with `v` the tag of the task that started last, and moves its flow's finish tag by its
 * stride. A flow with a small stride comes to its turn more often; a flow that was away gets no credit for it; every flow
 * comes to its turn, because `v` only rises. Priorities are flows of their own, so that an urgent task does not wait behind
 * the thousand normal ones its tenant sent before.
 *
 * Goyal, Vin, Cheng: Start-time Fair Queuing (SIGCOMM 1996).
 */
const COST_UNIT = 1_048_576;
/** A priority has four times the share of the one below it. */
const PRIORITY_FACTOR = 4;

/** Cost of a task of a flow whose share is `weight` (a positive number), relative to the other flows. */
export function costOf(weight: number): number {
  return Math.min(COST_MAX, Math.max(1, Math.round(COST_UNIT / weight)));
}

/** How far one task moves the finish tag of its flow; at least 1. */
export function strideOf(cost: number, priority: number): number {
  return Math.max(1, Math.floor(cost / PRIORITY_FACTOR ** priority));
}

/** 0 for the least urgent. */
export function priorityNumber(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** The priority of a number; the nearest one for a number out of range. */
export function priorityName(number: number): Priority {
  return PRIORITIES[Math.min(PRIORITIES.length - 1, Math.max(0, number))] ?? 'normal';
}
