import type { Reply } from '../store/store.ts';
import type { Ledger } from './ledger.ts';

/**
 * The largest token that this scheduler has seen, in whatever shard: what a task is handed out with rises, whether it moves
 * between shards or the store forgets it, and whatever the store's clock says then.
 *
 * A scheduler that crashes forgets what it has seen. So tokens are handed out only below a ceiling that is durable in the
 * journal, and the next life begins with that ceiling. The ceiling is raised well before it is reached.
 */
export interface TokenFloor {
  readonly value: number;
  /** Somebody was given this token before. */
  raise(token: number): void;
  /** This token is about to be handed out; to be waited for when there is something to wait for. */
  allow(token: number): Promise<void> | undefined;
}

/** Tokens follow the store's clock, in microseconds. */
const AHEAD = 60_000_000;

/** What a life may hand out at first, so that its first claim waits for no fsync: if its clock is about that of the store. */
export function firstCeiling(nowMs: number): number {
  return nowMs * 1000 + AHEAD;
}

export function tokenFloor(ledger: Ledger): TokenFloor {
  let value = ledger.tokenFloor;
  let durableBelow = ledger.tokensBelow;
  let raising: Promise<void> | undefined;
  const raise = (token: number): void => {
    value = Math.max(value, token);
  };
  const raiseCeiling = (token: number): Promise<void> => {
    const below = token + AHEAD;
    return ledger.durable(ledger.allowTokens(below)).then(() => {
      durableBelow = Math.max(durableBelow, below);
      raising = undefined;
    });
  };
  const allow = async (token: number): Promise<void> => {
    while (token >= durableBelow) {
      raising ??= raiseCeiling(token);
      await raising;
    }
  };
  return {
    get value() {
      return value;
    },
    raise,
    allow: (token) => {
      raise(token);
      if (token + AHEAD / 2 > durableBelow) raising ??= raiseCeiling(token);
      return token < durableBelow ? undefined : allow(token);
    },
  };
}

/** Raises it to what a shard has answered. Returns what is to be waited for before its claims are handed out. */
export function noteTokens(tokens: TokenFloor, replies: readonly Reply[]): Promise<void> | undefined {
  let handedOut = 0;
  for (const reply of replies) {
    if (reply.kind === 'claims') for (const { record } of reply.claims) handedOut = Math.max(handedOut, record.token);
    // Another scheduler handed it out, perhaps in another shard. That of a success is what an agent has said it is.
    else if ('record' in reply && reply.record !== undefined && reply.record.state !== 'succeeded')
      tokens.raise(reply.record.token);
  }
  return handedOut === 0 ? undefined : tokens.allow(handedOut);
}
