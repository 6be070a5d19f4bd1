import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';

/** A number that no process has. */
const GONE = '4194304';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'nova-torch-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function lock(directory: string): Promise<() => Promise<void>> {
  return lockFolder({ directory, file: 'lock', what: 'the folder' });
}

test.runIf(process.platform === 'linux')(
  'what a killed process held is free, also before its parent has asked for its end',
  async () => {
    // `exec` leaves the child to a parent that never does.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    const directory = folder({ lock: `${pid} x` });
    await expect(lock(directory)).rejects.toThrow(`is in use by process ${pid}`);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
    await (
      await lock(directory)
    )();
  },
);

test('a lock names its process, is refused to all others, and leaves nothing behind', async () => {
  const directory = folder();
  const both = await Promise.allSettled([lock(directory), lock(directory)]);
  const [unlock] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await expect(lock(directory)).rejects.toThrow(`the folder in ${directory} is open already`);
  expect(readdirSync(directory)).toEqual(['lock']);
  await unlock?.();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['of a process that is gone', { lock: GONE }],
  ['of an earlier process that had our number', { lock: `${process.pid} earlier` }],
  ['that power was lost over', { lock: '' }],
  ['that was damaged', { lock: '\u0000/../ä'.repeat(40) }],
  [
    'that was being taken over',
    { lock: `${GONE} a`, [`lock.behind.${GONE}%20a`]: `${GONE} b`, [`lock.${GONE}.c`]: '' },
  ],
])('a lock %s is taken over, and cleared away', async (_, files) => {
  const directory = folder({ ...files, other: '' });
  const unlock = await lock(directory);
  expect(readdirSync(directory)).toEqual(['lock', 'other']);
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await unlock();
  expect(readdirSync(directory)).toEqual(['other']);
});

test('what a living process holds or is about to hold is refused, and a row without an end as well', async () => {
  const inUse = (directory: string) =>
    `the folder in ${directory} is in use by process 1; if that is another program, remove ${join(directory, 'lock')}`;
  const held = folder({ lock: '1' });
  await expect(lock(held)).rejects.toThrow(inUse(held));
  expect(readdirSync(held)).toEqual(['lock']);
  const taken = folder({ lock: GONE, [`lock.behind.${GONE}`]: '1' });
  await expect(lock(taken)).rejects.toThrow(inUse(taken));
  const endless = folder({ lock: GONE, [`lock.behind.${GONE}`]: GONE });
  await expect(lock(endless)).rejects.toThrow(/cannot be locked: if no program uses it, remove \S+lock\*$/);
});

test(
  'of many processes that start at once exactly one has the folder, whatever was there before',
  { timeout: 120_000 },
  async () => {
    const racers = await Promise.all(Array.from({ length: 6 }, begin));
    const ask = (text: string): Promise<string[]> =>
      Promise.all(
        racers.map(async (racer) => {
          racer.send(text);
          const [answer] = (await once(racer, 'message')) as [string];
          return answer;
        }),
      );
    const states = [{}, { lock: GONE }, { lock: `${GONE} a`, [`lock.behind.${GONE}%20a`]: `${GONE} b` }, { lock: '' }];
    for (let round = 0; round < 200; round++) {
      const directory = folder(states[round % states.length]);
      const answers = await ask(directory);
      expect([round, answers.filter((answer) => answer === 'locked')]).toEqual([round, ['locked']]);
      const others = answers.filter((answer) => !/^(locked$|the folder in .* is in use by process)/.test(answer));
      expect([others, readdirSync(directory)]).toEqual([[], ['lock']]);
    }
    expect(new Set(await ask(''))).toEqual(new Set(['free']));
  },
);

async function begin(): Promise<ChildProcess> {
  const racer = fork(join(import.meta.dirname, 'testing/racer.ts'), { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void racer.kill('SIGKILL'));
  await once(racer, 'message');
  return racer;
}
