import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';

test.for([
  [['--faults', 'weather'], 'error: there is no fault `weather`\n  there are scheduler:kill, scheduler:stop, '],
  [['--faults', 'disk:lost'], 'error: these faults are of mirrors, and there are none\n  add --mirrored'],
  [['--mirrored', '--schedulers', '1'], 'error: a mirror is at another scheduler\n  start two with --schedulers 2'],
  [
    ['--store', 'no-such-server', '--seed', '5'],
    'seed 5\nerror: there is no no-such-server to break\n  install Valkey, Redis or Dragonfly; ',
  ],
] as const)('%o is refused, and says what there is', async ([words, said]) => {
  const { code, stdout, stderr } = await runHere(['chaos', 'run', ...words]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.slice(0, said.length)).toBe(said);
});
