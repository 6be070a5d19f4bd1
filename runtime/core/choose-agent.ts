/**
 * Which of the agents that wait here asks the store next: several polls are parked, and fewer tasks are ready. An agent that
 * something is held for comes first, then the one with most free slots for its size, then the one that has waited longest.
 */
export interface WaitingAgent {
  readonly agent: string;
  readonly slots: number;
  readonly free: number;
  readonly waitingSinceMs: number;
}

/** The agents in the order in which they claim; the same for the same arguments. `bound`: agents that a key keeps tasks for. */
export function claimOrder(agents: readonly WaitingAgent[], bound: ReadonlySet<string>): readonly WaitingAgent[] {
  return agents
    .filter(({ free }) => free > 0)
    .sort(
      (a, b) =>
        rank(bound, a) - rank(bound, b) || share(b) - share(a) || a.waitingSinceMs - b.waitingSinceMs || byName(a, b),
    );
}

function rank(bound: ReadonlySet<string>, { agent }: WaitingAgent): number {
  return bound.has(agent) ? 0 : 1;
}

function share({ free, slots }: WaitingAgent): number {
  return free / slots;
}

function byName(a: WaitingAgent, b: WaitingAgent): number {
  return a.agent < b.agent ? -1 : 1;
}
