import type { NextRequest, PollResponse } from '../../spec/contract/protocol.ts';
import type { AgentName } from '../core/scheduler.ts';
import type { Parked } from './agent-pool.ts';
import { want } from './deliver.ts';
import type { Engine, FleetState } from './engine.ts';
import { leaves } from './view-of-fleets.ts';

/** Work that is asked for beside something else, and not waited for. */
export interface Aside {
  /** As far as it is known. */
  readonly found: PollResponse | undefined;
  /** The something else is done: what was found, as soon as a claim that is under way is answered. */
  end(): Promise<PollResponse>;
}

/** Asks for work with the batch that leaves next. */
export function pollAside(engine: Engine, state: FleetState, name: AgentName, request: NextRequest): Aside {
  const agent = engine.pool.see(name, request);
  agent.draining = leaves(engine, state, agent);
  let answer: PollResponse | undefined;
  let over: ((answer: PollResponse) => void) | undefined;
  const parked: Parked = {
    agent,
    sinceMs: engine.clock.nowMs(),
    slots: request.slots,
    free: request.free,
    asked: false,
    answer: (tasks) => {
      engine.pool.unpark(parked);
      answer ??= { tasks, drain: agent.draining };
      over?.(answer);
    },
    unserved: () => {
      if (over !== undefined) parked.answer([]);
    },
  };
  if (agent.draining || engine.stopping || request.free < 1) parked.answer([]);
  else {
    engine.pool.parkAside(parked);
    want(engine, state);
  }
  return {
    get found() {
      return answer;
    },
    end: () => {
      if (!parked.asked) parked.answer([]);
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise((resolve) => {
        over = resolve;
      });
    },
  };
}
