import { StoreFailure, Uncertain } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { pause } from './clock.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';

/**
 * Whether what a shard does not know was ever accepted. That the shard lacks it proves nothing: another scheduler that does not
 * reach the store has it in its journal (`202`), or the store has forgotten it and its scheduler has not brought it back yet. So
 * each scheduler says in every shard, again and again while its link is up, that it lacks nothing there. Who says so having seen a
 * beat that came after the question has brought everything that it had told anyone when the question came. Nobody says so anywhere
 * while a promise of his has gone on to where it may not have arrived (`Engine.strays`).
 *
 * Beats and not times, so that no clock counts, and a word that was long on its way says no more than it did when it was sent.
 */
async function rollCall(engine: Engine, state: FleetState, untilMs: number): Promise<void> {
  const { clock, name, schedulers } = engine;
  const { link } = state;
  const { beat, joins } = link;
  while (engine.strays.size > 0) {
    if (clock.monotonicMs() >= untilMs) throw new Uncertain('it may be on its way from one fleet to another');
    await pause(clock, ANSWER_MS);
  }
  let absent = schedulers.filter((one) => one !== name);
  // After a loss beats are counted anew: the question must be asked again.
  while (absent.length > 0 && link.joins === joins) {
    if (clock.monotonicMs() >= untilMs) throw notSeen(absent);
    const beats = await nextBeats(engine, state);
    absent = absent.filter((one) => (beats.get(one) ?? 0) < beat);
  }
}

/** Asks a shard about one task. That it does not know it is an answer only after a roll call. */
export function askSurely(engine: Engine, state: FleetState, ask: () => Promise<Reply>): Promise<Reply> {
  return surely(engine, ask, ({ kind }) => (kind === 'unknown' ? [state] : []));
}

/**
 * The answer of `ask`, again after a roll call where shards lack what was asked for: `lacks` says which. Rejects with a
 * `StoreFailure` when that cannot be told in time.
 */
export async function surely<Answer>(
  engine: Engine,
  ask: () => Promise<Answer>,
  lacks: (answer: Answer) => readonly FleetState[],
): Promise<Answer> {
  const { clock, bounds, schedulers, strays } = engine;
  const untilMs = clock.monotonicMs() + bounds.patienceMs;
  for (;;) {
    const first = await ask();
    const shards = lacks(first);
    // One that is alone has nobody to ask, and waits for what it has still to bring itself.
    if (shards.length === 0 || (schedulers.length === 1 && strays.size === 0)) return first;
    const joins = joinsOf(shards);
    for (const state of shards) await rollCall(engine, state, untilMs);
    const last = await ask();
    const still = lacks(last);
    if (still.length === 0 || joinsOf(still) === joins) return last;
    // The store was lost meanwhile, or the task has moved.
    if (clock.monotonicMs() >= untilMs) throw new StoreFailure('unavailable', 'the store was lost during a roll call');
  }
}

function joinsOf(shards: readonly FleetState[]): string {
  return shards.map(({ fleet, link }) => `${fleet} ${link.joins}`).join();
}

function notSeen(absent: readonly string[]): Uncertain {
  return new Uncertain(`the store does not know it; ${absent.join(', ')} may, and was not seen there`);
}

/** Says in a shard that this scheduler lacks nothing there. */
export async function sayPresent({ schedulers, strays }: Engine, { link }: FleetState): Promise<void> {
  if (schedulers.length > 1 && strays.size === 0) await link.ask({ op: 'present', schedulers: [] });
}

/** One question at a time, however many wait for its answer. */
function nextBeats(engine: Engine, state: FleetState): Promise<ReadonlyMap<string, number>> {
  state.calling ??= askBeats(engine, state).finally(() => delete state.calling);
  return state.calling;
}

/** Longer than a scheduler that hears the hint takes to look. */
const ANSWER_MS = 30;

async function askBeats(engine: Engine, { link }: FleetState): Promise<ReadonlyMap<string, number>> {
  const { schedulers, store, clock } = engine;
  store.hint(link.shard);
  await pause(clock, ANSWER_MS);
  const reply = await askPatiently(engine, link, { op: 'present', schedulers });
  if (reply.kind !== 'present') throw new Error(`the store answered a roll call with ${reply.kind}`);
  return new Map(schedulers.map((one, index) => [one, reply.beats[index] ?? 0]));
}
