import { expect, test } from 'vitest';
import { contextFor } from './context.ts';
import type { Host } from './host.ts';
import { progressLine } from './progress.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

function progressOn(isTerminal: boolean): {
  at: (ms: number) => void;
  said: () => string;
  line: ReturnType<typeof progressLine>;
} {
  let time = 0;
  let said = '';
  const sink = { write: (text: string) => void (said += text), isTerminal, columns: 80 };
  const host = { env: {}, stdout: sink, stderr: sink, now: () => time } as unknown as Host;
  const line = progressLine(contextFor(host, '/', 'nova-torch'), 'compiling', 'fleets');
  return { at: (ms) => void (time = ms), said: () => said, line };
}

test('who waits for more than a second sees how far it is, ten times a second at most', () => {
  const { at, said, line } = progressOn(true);
  at(999);
  line.show(1, 4);
  expect(said()).toBe('');
  at(1000);
  line.show(2, 4);
  at(1050);
  line.show(3, 4);
  at(1100);
  line.show(4, 4);
  expect(said()).toBe('\r\u001b[2Kcompiling 2 of 4 fleets\r\u001b[2Kcompiling 4 of 4 fleets');
  line.clear();
  expect(said().endsWith('\r\u001b[2K')).toBe(true);
});

test('nothing is shown where no terminal is, and nothing is cleared that was not shown', () => {
  for (const isTerminal of [true, false]) {
    const { at, said, line } = progressOn(isTerminal);
    if (!isTerminal) at(5000);
    line.show(1, 2);
    line.clear();
    expect(said()).toBe('');
  }
});

test.each([
  [['check'], ['checking files']],
  [['compile', '--check'], ['compiling fleets']],
  [['diff'], ['checking files', 'compiling fleets']],
  [['verify'], ['reading files', 'verifying objects']],
] as const)('%j shows on a terminal how far it is, and clears the line', async (words, lines) => {
  const cwd = repository();
  expect((await runHere(['compile'], { cwd })).code).toBe(0);
  let time = 0;
  // Every look at the clock is half a second later.
  const { stderr } = await runHere(words, { cwd, terminal: true, env: { NO_COLOR: '1' }, now: () => (time += 500) });
  const shown = stderr.split('\r\u001b[2K').filter((text) => text !== '');
  expect([...new Set(shown.map((text) => text.replace(/ \d+ of \d+/, '')))]).toEqual(lines);
  expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
});
