/**
 * Which of the agents that wait here asks the store next: several polls are parked, and fewer tasks are ready. One whose slots
 * are all free comes first, the one that has waited longest before the others; then the one with most free slots for its size.
 */
export interface WaitingAgent {
  readonly slots: number;
  readonly free: number;
}

/**
 * The agents in the order in which they claim; given in the order in which they began to wait. Whoever needs a few stops there:
 * of many agents that wait, only those are looked at.
 */
export function* claimOrder<Agent extends WaitingAgent>(agents: Iterable<Agent>): Generator<Agent, void, undefined> {
  const busy: Agent[] = [];
  for (const agent of agents) {
    if (agent.free >= agent.slots) yield agent;
    else if (agent.free > 0) busy.push(agent);
  }
  // Sorting is stable: of two that are as free, the one that has waited longer.
  yield* busy.sort((a, b) => b.free / b.slots - a.free / a.slots);
}
