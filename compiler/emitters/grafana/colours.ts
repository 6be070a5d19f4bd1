import type { Colours, Limits } from './dashboard.ts';

/** What is good is green and what is bad is red, on every dashboard. */

export const FINISHED: Colours = {
  succeeded: 'green',
  failed: 'red',
  dead_lettered: 'purple',
  expired: 'orange',
  cancelled: 'blue',
};

export const SUBMITTED: Colours = {
  accepted: 'green',
  invalid: 'blue',
  unauthorized: 'purple',
  shed: 'orange',
  error: 'red',
};

export const CANARY: Colours = { ok: 'green', late: 'orange', failed: 'red' };

export const POLLS: Colours = { task: 'green', empty: 'blue', error: 'red' };

export const AGENTS: Colours = { busy: 'green', idle: 'blue', draining: 'yellow', lost: 'red' };

export const SYNC: Colours = { Synced: 'green', OutOfSync: 'orange', Unknown: 'purple' };

export const HEALTH: Colours = {
  Healthy: 'green',
  Progressing: 'blue',
  Suspended: 'yellow',
  Degraded: 'red',
  Missing: 'purple',
};

/** What is left of a budget: a quarter is a warning, nothing is a broken promise. */
export const BUDGET: Limits = {
  base: 'red',
  steps: [
    { from: 0, colour: 'yellow' },
    { from: 0.25, colour: 'green' },
  ],
};
