import { MirrorRefused } from '../mirror/mirror.ts';
import type { World } from './world.ts';

/** What is bad about the way from a scheduler to the one that keeps its mirror. */
export interface Wire {
  lostCalls: number;
  lostAnswers: number;
  /** Share of calls of which a copy arrives later. */
  repeated: number;
  delayMs: number;
  cut: boolean;
}

export const FAIR_WIRE: Wire = { lostCalls: 0, lostAnswers: 0, repeated: 0, delayMs: 2, cut: false };
const REQUEST_MS = 3000;
const LATE_MS = 5000;

export function drawWire({ mirrored }: World): Wire {
  return {
    lostCalls: mirrored.chance(0.5) ? mirrored.between(0, 0.1) : 0,
    lostAnswers: mirrored.chance(0.5) ? mirrored.between(0, 0.1) : 0,
    repeated: mirrored.chance(0.5) ? mirrored.between(0, 0.2) : 0,
    delayMs: mirrored.chance(0.3) ? mirrored.between(0, 300) : 2,
    cut: false,
  };
}

interface WireCall<Answer> {
  /** Who calls. */
  readonly process: { readonly alive: boolean };
  /** What the peer does when the call arrives, or a copy of it; nothing when nobody is there. */
  readonly make: () => Promise<Answer> | undefined;
}

/** One call to the peer. Rejects as the caller sees it: with what the peer refuses, or because it is away. */
export function overWire<Answer>(world: World, wire: Wire, { process, make }: WireCall<Answer>): Promise<Answer> {
  const { mirrored } = world;
  const way = (): number => mirrored.between(0.1, 1 + wire.delayMs);
  return new Promise((resolve, reject) => {
    const answer = (settle: () => void): void => {
      world.after(way(), () => {
        if (wire.cut || mirrored.chance(wire.lostAnswers)) world.count('fault:mirror-answer-lost');
        else if (process.alive) settle();
      });
    };
    world.after(REQUEST_MS, () => {
      if (process.alive) reject(new Error(`it has not answered within ${REQUEST_MS} ms`));
    });
    if (mirrored.chance(wire.repeated)) {
      world.after(mirrored.between(50, LATE_MS), () => {
        world.count('fault:mirror-call-repeated');
        make()?.catch(() => undefined);
      });
    }
    world.after(way(), () => {
      if (wire.cut || mirrored.chance(wire.lostCalls)) {
        world.count('fault:mirror-call-lost');
        return;
      }
      const made = make();
      if (made === undefined) answer(() => reject(new Error('nobody is there')));
      else
        made.then(
          (result) => answer(() => resolve(result)),
          (error: unknown) => {
            if (error instanceof MirrorRefused) world.note(`mirror:${error.reason}`, error.message);
            answer(() => reject(error instanceof Error ? error : new Error(String(error))));
          },
        );
    });
  });
}
