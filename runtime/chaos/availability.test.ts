import { expect, test } from 'vitest';
import { outcomeOf } from './availability.ts';

const problem = (status: number, name: string) => ({
  status,
  body: { type: `https://nova-torch.dev/problems/${name}`, status },
});

test.each([
  ['submit', { status: 202, body: { id: 'a' } }, 'answered'],
  ['submit', problem(422, 'no-route'), 'refused'],
  ['submit', problem(429, 'queue-full'), 'refused'],
  ['submit', problem(503, 'unavailable'), 'unavailable'],
  ['read', { status: 200, body: {} }, 'answered'],
  ['read', problem(429, 'too-many-requests'), 'refused'],
  ['read', problem(403, 'forbidden'), 'forbidden'],
  ['read', problem(404, 'not-found'), 'not-found'],
  ['read', problem(503, 'unavailable'), 'unavailable'],
] as const)('a %s that is answered %o is %s', (asked, answer, outcome) => {
  expect(outcomeOf(answer, asked)).toBe(outcome);
});
