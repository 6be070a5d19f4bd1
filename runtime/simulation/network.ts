import type { RunningScheduler } from '../loops/scheduler.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { World } from './world.ts';

/**
 * The way from submitters and agents to the schedulers: some of those are down, calls and answers get lost, copies of calls
 * arrive again, at once or long after (which is also how calls overtake each other), and a way may be open in one direction only.
 */
export interface Network {
  readonly schedulers: readonly (() => RunningScheduler | undefined)[];
  lostCalls: number;
  lostAnswers: number;
  /** Share of calls of which a copy arrives later. */
  repeated: number;
  delayMs: number;
  /** What does not come through between a caller and a scheduler (`cutName`). */
  readonly cuts: Map<string, 'calls' | 'answers'>;
}

export interface Call<Answer> {
  /** Who calls. */
  readonly from: string;
  readonly make: (scheduler: RunningScheduler) => Promise<Answer>;
  readonly timeoutMs?: number;
  /** Hears the answer to a copy of the call; absent for what no proxy sends again. */
  readonly heardAgain?: (answer: Answer) => void;
}

const GIVE_UP_MS = 5000;
const LATE_MS = 10_000;

export function cutName(from: string, scheduler: number): string {
  return `${from} ${scheduler}`;
}

/** One call to a scheduler; nothing when there was no answer. */
export async function call<Answer>(world: World, network: Network, wanted: Call<Answer>): Promise<Answer | undefined> {
  const { random } = world;
  const { make, timeoutMs = GIVE_UP_MS } = wanted;
  await world.pause(random.between(0.1, 1 + network.delayMs));
  const index = random.whole(0, network.schedulers.length - 1);
  const scheduler = network.schedulers[index]?.();
  const cut = network.cuts.get(cutName(wanted.from, index));
  if (cut !== undefined) world.count(`fault:no-${cut}`);
  if (scheduler === undefined || cut === 'calls' || random.chance(network.lostCalls)) {
    await world.pause(random.between(1, 50));
    return undefined;
  }
  if (random.chance(network.repeated)) repeatLater(world, network, index, wanted);
  const answer = await Promise.race([answered(make(scheduler)), world.pause(timeoutMs).then(() => undefined)]);
  await world.pause(random.between(0.1, 1 + network.delayMs));
  if (answer !== undefined && (cut === 'answers' || random.chance(network.lostAnswers))) {
    world.note('fault:reply-lost');
    return undefined;
  }
  return answer;
}

function repeatLater<Answer>(world: World, network: Network, index: number, { make, heardAgain }: Call<Answer>): void {
  if (heardAgain === undefined) return;
  const late = world.random.chance(0.5);
  world.after(late ? world.random.between(100, LATE_MS) : world.random.between(0, 50), () => {
    const scheduler = network.schedulers[index]?.();
    if (scheduler === undefined) return;
    world.note(late ? 'fault:call-reordered' : 'fault:call-repeated');
    void answered(make(scheduler)).then((answer) => {
      if (answer !== undefined) heardAgain(answer);
    });
  });
}

/** A scheduler that cannot reach its store says so; anything else that is thrown is a fault of ours. */
async function answered<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreFailure) return undefined;
    throw error;
  }
}
