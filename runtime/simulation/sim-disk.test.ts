import { expect, test } from 'vitest';
import { SimDisk } from './sim-disk.ts';
import { World } from './world.ts';

async function recordsOf(disk: SimDisk): Promise<readonly number[]> {
  const lsns: number[] = [];
  for await (const { lsn } of disk.open({ alive: true }, () => undefined).read(0)) lsns.push(lsn);
  return lsns;
}

test('a process that was killed writes nothing any more', async () => {
  const world = new World(1);
  const disk = new SimDisk(world);
  const segments = disk.inSegments();
  const life = { alive: true };
  const journal = disk.open(life, () => undefined, { begin: () => undefined, take: () => Promise.resolve() });
  journal.append(Buffer.from('before'), { class: 'settle' });
  await world.run(world.now + 10);
  const bytes = segments.parts();
  life.alive = false;
  disk.crash();
  journal.append(Buffer.from('after'), { class: 'settle' });
  await world.run(world.now + 10);
  disk.crash();
  expect(await recordsOf(disk)).toEqual([1]);
  expect(segments.parts()).toEqual(bytes);
});
