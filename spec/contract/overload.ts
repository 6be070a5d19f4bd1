import type { Priority } from './task.ts';

/** As a scheduler's journal fills, or falls behind, submissions are refused from these shares of its bound on, the least urgent first. */
export const REFUSED_FROM: Readonly<Record<Priority, number>> = {
  low: 0.5,
  normal: 0.7,
  high: 0.85,
  urgent: 0.95,
  critical: 1,
};
