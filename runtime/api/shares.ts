import type { Identity } from './identity.ts';
import type { ApiLimits } from './limits.ts';
import type { Operation } from './operation.ts';
import { ProblemError } from './problems.ts';

/** Of what waits: who has it, and how much of it one may have. */
export interface Share {
  readonly whose: string;
  readonly what: 'polls' | 'event streams';
  readonly most: number;
}

/** Polls are counted for their fleet, streams for whoever reads them. */
export function shareOf(
  { streams }: Operation,
  { subject }: Identity,
  { team = '', fleet = '' }: Readonly<Record<string, string>>,
  limits: Pick<ApiLimits, 'pollsOfFleet' | 'streamsOfSubject'>,
): Share {
  return streams === true
    ? { whose: subject, what: 'event streams', most: limits.streamsOfSubject }
    : { whose: `${team}/${fleet}`, what: 'polls', most: limits.pollsOfFleet };
}

/**
 * What waits, by who has it: nobody takes the room of all others. Besides a bound of its own nobody may have more than there is
 * room left for everybody: while there is much room that holds nobody back, and however many take all they get, as much stays
 * free as the greediest has (Choudhury, Hahne: Dynamic Queue Length Thresholds, 1998). Refused: equal shares. A large fleet among
 * small ones would be refused what nobody wants.
 */
export class Shares {
  readonly #held = new Map<string, number>();

  /** Refuses who has enough; `room` is how many more may wait in all. Call what it returns when that one waits no more. */
  take({ whose, what, most }: Share, room: number): () => void {
    const key = `${what} ${whose}`;
    const held = this.#held.get(key) ?? 0;
    if (held >= Math.min(most, room)) {
      throw new ProblemError('too-many-requests', { detail: `${whose} has ${held} ${what} open`, retryAfterMs: 1000 });
    }
    this.#held.set(key, held + 1);
    return () => {
      const left = (this.#held.get(key) ?? 1) - 1;
      if (left > 0) this.#held.set(key, left);
      else this.#held.delete(key);
    };
  }
}
