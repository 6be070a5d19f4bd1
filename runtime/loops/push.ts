import type { Assignment } from '../../spec/contract/protocol.ts';
import type { TableFleet } from '../../spec/contract/routing-table.ts';
import { pause, jittered, within } from './clock.ts';
import { poll } from './deliver.ts';
import type { Engine } from './engine.ts';
import type { PushCall } from './push-call.ts';
import { begin, type Limit } from './push-limit.ts';
import { callAgent, endOfTaken, giveBack, type Calls } from './push-run.ts';

/** The agents of push fleets are called. */
export interface PushCallers {
  /** Calls those of the table in force, where and as it says. */
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
      for (const { follow } of callers.values()) follow();
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

interface Caller {
  /** There may be another table in force. */
  follow(): void;
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
 * For each push fleet this scheduler is one agent with as many slots as the fleet bears; see `push-limit.ts`. It waits while the
 * table has no address of the fleet, and begins with its `slots` again when one of them has changed.
 */
function startCaller(engine: Engine, fleet: string, call: PushCall, open: Set<OpenRun>): Caller {
  const agent = { fleet, name: `push-${engine.name}` };
  const declared = (): Partial<TableFleet> => engine.tables.compiled.table.fleets[fleet] ?? {};
  let { url: knownUrl, slots: knownSlots = 1 } = declared();
  let running = 0;
  let stopped = false;
  let asking = new AbortController();
  let wake = (): void => undefined;
  // Whoever waits for a place has one now, also where no run ends: an agent that looks after its tasks keeps theirs for long.
  const limit: Limit = { slots: knownSlots, good: 0, grown: () => wake() };
  const start = async (url: string, task: Assignment): Promise<void> => {
    running += 1;
    await runTask(engine, { agent, url, call, limit }, task, open);
    running -= 1;
    wake();
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const { url, builds = {} } = declared();
      const slots = Math.floor(limit.slots);
      if (url === undefined || running >= slots) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      asking = new AbortController();
      const request = { build: buildOf(builds), slots, free: slots - running, waitMs: WAIT_MS };
      const { tasks } = await poll(engine, agent, request, asking.signal);
      // As the table is now.
      const where = stopped ? undefined : declared().url;
      for (const task of tasks) {
        if (where === undefined) await giveBack(engine, agent, task);
        else void start(where, task);
      }
      // A fleet that may take nothing is asked again a little later.
      if (tasks.length === 0) await pause(engine.clock, jittered(engine.clock, IDLE_MS));
    }
  };
  const interrupt = (): void => {
    asking.abort();
    wake();
  };
  return {
    follow: () => {
      const { url, slots = 1 } = declared();
      if (url !== knownUrl || slots !== knownSlots) begin(limit, slots);
      knownUrl = url;
      knownSlots = slots;
      interrupt();
    },
    stop: () => {
      stopped = true;
      interrupt();
    },
    ended: loop(),
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
