import { setTimeout as pause } from 'node:timers/promises';
import type { RandomNumbers } from '../simulation/random.ts';
import type { Fault } from './faults.ts';
import { holds, type Holds } from './hold.ts';
import type { ChaosSystem } from './system.ts';

/** A fault as it happened. */
export interface FaultRecord {
  readonly kind: string;
  readonly index: number;
  readonly fromMs: number;
  toMs: number;
  /** From its end until an agent was told again that its word counts. */
  recoveredMs?: number;
}

export interface Breaking {
  readonly system: ChaosSystem;
  readonly faults: readonly Fault[];
  readonly random: RandomNumbers;
  readonly nowMs: () => number;
  readonly stop: AbortSignal;
  /** Waited for before each fault begins. */
  readonly before?: () => Promise<void>;
  readonly onFault: (record: FaultRecord) => void;
  /** A fault could not be made or healed: the system is not as it should be. */
  readonly onFailure: (says: string) => void;
}

/** So many faults last at the same time, each on something else. */
const LANES = 2;
const REST_MS = [100, 400] as const;

/** Breaks one thing after the other, all kinds equally often, and has mended everything when it resolves. */
export async function breakThings(options: Breaking): Promise<void> {
  const { random, faults, stop } = options;
  const held = holds();
  let deck: Fault[] = [];
  const draw = (): Fault => {
    if (deck.length === 0) deck = shuffled(faults, random);
    const fault = deck.pop();
    if (fault === undefined) throw new RangeError('there is no fault to draw');
    return fault;
  };
  const lane = async (): Promise<void> => {
    while (!stop.aborted) {
      await breakOne(options, draw(), held);
      await pause(random.whole(...REST_MS), undefined, { signal: stop }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function breakOne(
  { system, random, nowMs, stop, before, onFault, onFailure }: Breaking,
  fault: Fault,
  held: Holds,
): Promise<void> {
  const { kind, hold, lasts } = fault;
  const index = random.whole(0, (hold === 'agent' ? system.agents : system.schedulers).length - 1);
  const lastsMs = random.whole(...lasts);
  const letGo = await held.take(namesOf(system, hold, index));
  try {
    await before?.();
    if (stop.aborted) return;
    const place = { system, index, random };
    const record = { kind, index, fromMs: nowMs(), toMs: Infinity };
    await fault.begin(place);
    await pause(lastsMs);
    await fault.heal(place);
    onFault({ ...record, toMs: nowMs() });
  } catch (error) {
    onFailure(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    letGo();
  }
}

function namesOf(system: ChaosSystem, hold: Fault['hold'], index: number): readonly string[] {
  if (hold !== 'all') return [hold === 'store' ? 'store' : `${hold} ${index}`];
  // A mirror that cannot be reached is no second disk.
  const own = system.schedulers.flatMap((_, at) => [
    `scheduler ${at}`,
    ...(system.mirrorWires.length > 0 ? [`mirror-wire ${at}`] : []),
  ]);
  return ['store', ...own];
}

function shuffled<Item>(items: readonly Item[], random: RandomNumbers): Item[] {
  const deck = [...items];
  for (let at = deck.length - 1; at > 0; at -= 1) {
    const other = random.whole(0, at);
    const [a, b] = [deck[at], deck[other]];
    if (a !== undefined && b !== undefined) [deck[at], deck[other]] = [b, a];
  }
  return deck;
}
