import type { Standing } from '../core/task-record.ts';

/**
 * A standing as the script takes it and as a store keeps it: its fields joined by `|`, the result last since it may hold one. The
 * state is the letter of the row's: `L`, `X`, or `R` for one that waits, however it does.
 */
export function encodeStanding(standing: Standing): string {
  const { state, token, attempts, crashes, agent, sinceMs, dueMs, reason, result } = standing;
  return [LETTERS[state], token, attempts, crashes, agent, sinceMs, dueMs, reason, result].join('|');
}

export function decodeStanding(text: string): Standing {
  const [letter = '', token, attempts, crashes, agent = '', sinceMs, dueMs, reason = '', ...result] = text.split('|');
  return {
    state: standsOf(letter),
    token: Number(token),
    attempts: Number(attempts),
    crashes: Number(crashes),
    agent,
    sinceMs: Number(sinceMs),
    dueMs: Number(dueMs),
    reason,
    result: result.join('|'),
  };
}

/** How a task stands whose row is in a state. */
export function standsOf(letter: string): Standing['state'] {
  if (letter === 'L') return 'leased';
  return letter === 'X' ? 'dead' : 'waiting';
}

const LETTERS = { leased: 'L', dead: 'X', waiting: 'R' } as const;
