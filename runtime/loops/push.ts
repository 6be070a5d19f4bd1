import type { Assignment } from '../../spec/contract/protocol.ts';
import { pause, jittered, type Clock } from './clock.ts';
import { poll } from './deliver.ts';
import type { Engine } from './engine.ts';
import type { PushCall } from './push-call.ts';
import { callAgent, endOfTaken, giveBack, type Calls } from './push-run.ts';

/** The agents of push fleets are called. */
export interface PushCallers {
  /** Calls those of the table in force. */
  follow(): void;
  /** Begins no more calls, as an agent that drains; what is under way goes on. */
  leave(): void;
  /**
   * The same, and resolves when the ends of all calls under way are durable. Those that have no answer after so long are cut.
   * Runs that their agents look after are not waited for.
   */
  close(withinMs: number): Promise<void>;
}

/** How long the word about a call that was cut may take. */
const CUT_MS = 3000;

export function pushCallers(engine: Engine, call: PushCall): PushCallers {
  const callers = new Map<string, Caller>();
  const open = new Set<OpenRun>();
  const leave = (): void => {
    for (const { stop } of callers.values()) stop();
    for (const { leaving } of open) leaving.abort();
  };
  // First the loops: one that was just told of tasks gives them back.
  const settled = async (): Promise<void> => {
    await Promise.all([...callers.values()].map(({ ended }) => ended));
    await Promise.all([...open].map(({ called }) => called));
  };
  return {
    follow: () => {
      for (const [fleet, { delivery }] of Object.entries(engine.tables.compiled.table.fleets)) {
        if (delivery === 'push' && !callers.has(fleet)) callers.set(fleet, startCaller(engine, fleet, call, open));
      }
    },
    leave,
    close: async (withinMs) => {
      leave();
      await within(engine.clock, withinMs, settled());
      for (const { cut } of open) cut.abort();
      await within(engine.clock, CUT_MS, settled());
    },
  };
}

async function within(clock: Clock, ms: number, all: Promise<unknown>): Promise<void> {
  await Promise.race([all, pause(clock, ms)]);
}

interface Caller {
  stop(): void;
  readonly ended: Promise<void>;
}

/** One that was handed to an agent. Each has signals of its own: Node warns of one that many listen to. */
interface OpenRun {
  readonly leaving: AbortController;
  readonly cut: AbortController;
  /** Resolves when it is known what became of the call. */
  readonly called: Promise<unknown>;
}

/**
 * For each push fleet this scheduler is one agent with as many slots as the fleet bears: it starts with the fleet's `slots`, takes
 * one more after each full round of successes, and half when the fleet says that it has enough (429 or 503).
 */
function startCaller(engine: Engine, fleet: string, call: PushCall, open: Set<OpenRun>): Caller {
  const stop = new AbortController();
  const agent = { fleet, name: `push-${engine.name}` };
  const limit = { slots: engine.tables.compiled.table.fleets[fleet]?.slots ?? 1, good: 0 };
  let running = 0;
  let wake = (): void => undefined;
  const start = async (url: string, task: Assignment): Promise<void> => {
    running += 1;
    await runTask(engine, { agent, url, call, limit }, task, open);
    running -= 1;
    wake();
  };
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const declared = engine.tables.compiled.table.fleets[fleet];
      if (declared?.url === undefined) return;
      const free = Math.max(0, Math.floor(limit.slots) - running);
      if (free === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const build = buildOf(declared.builds);
      const request = { build, slots: Math.floor(limit.slots), free, waitMs: WAIT_MS };
      const { tasks } = await poll(engine, agent, request, stop.signal);
      for (const task of tasks) {
        if (stop.signal.aborted) await giveBack(engine, agent, task);
        else void start(declared.url, task);
      }
      // A fleet that may take nothing is asked again a little later.
      if (tasks.length === 0) await pause(engine.clock, jittered(engine.clock, IDLE_MS));
    }
  };
  const ended = loop();
  return {
    stop: () => {
      stop.abort();
      wake();
    },
    ended,
  };
}

const WAIT_MS = 20_000;
const IDLE_MS = 50;

/** Calls the agent, and holds a place until the run is over. Never rejects. */
async function runTask(engine: Engine, calls: Calls, task: Assignment, open: Set<OpenRun>): Promise<void> {
  const leaving = new AbortController();
  const cut = new AbortController();
  const called = callAgent(engine, calls, task, { leaving: leaving.signal, cut: cut.signal });
  const run: OpenRun = { leaving, cut, called };
  open.add(run);
  if ((await called) === 'taken') await endOfTaken(engine, calls.agent, task, leaving.signal);
  open.delete(run);
}

function buildOf(builds: Readonly<Record<string, number>>): string {
  return Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0))[0] ?? '';
}
