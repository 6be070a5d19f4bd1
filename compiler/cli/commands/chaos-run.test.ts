import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';

test.for([
  [['--faults', 'weather'], 'error: there is no fault `weather`\n  there are scheduler:kill, scheduler:stop, '],
  [
    ['--store', 'no-such-server', '--seed', '5'],
    'seed 5\nerror: there is no no-such-server to break\n  install Valkey, Redis or Dragonfly; ',
  ],
] as const)('%o is refused, and says what there is', async ([words, said]) => {
  const { code, stdout, stderr } = await runHere(['chaos', 'run', ...words]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.slice(0, said.length)).toBe(said);
});
