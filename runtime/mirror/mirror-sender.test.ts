import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomNumbers } from '../simulation/random.ts';
import { mirrored, segmentsIn, type Mirrored } from './testing/mirrored.ts';

let at: Mirrored;
beforeEach(async () => {
  at = await mirrored();
});
afterEach(() => at.close());

const AWAY = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));

function settleAll(): void {
  for (let count = 0; count < 40; count += 1) {
    at.journal.settle(`task-${count}`);
    at.journal.settle(`${count} ${'x'.repeat(100)}`);
  }
  at.laterMs += 5000;
}

function kinds(): readonly string[] {
  return at.events.map(({ kind }) => kind);
}

test('what is durable is at the peer, byte by byte, over many segments', async () => {
  for (let count = 0; count < 60; count += 1) await at.write(`task-${count}`, `${count} ${'x'.repeat(100)}`);
  expect(segmentsIn(at.journalAt).size).toBeGreaterThan(3);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
  expect(at.events).toEqual([]);
  expect(at.sender.lagBytes()).toBe(0);
});

test('nothing is durable before the peer has it', async () => {
  await at.write('first');
  let release = (): void => undefined;
  at.wire = async (call) => {
    await new Promise<void>((resolve) => (release = resolve));
    return call();
  };
  let isDurable = false;
  const written = at.write('second').then(() => (isDurable = true));
  await pause(100);
  expect([isDurable, at.journal.durableLsn, at.journal.lsn]).toEqual([false, 1, 2]);
  release();
  await written;
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('without its peer it goes on after a while, says so, and the peer has everything when it is back', async () => {
  await at.write('before');
  at.wire = AWAY;
  const begun = performance.now();
  await at.write('waits');
  expect(performance.now() - begun).toBeGreaterThan(150);
  expect(at.sender.unmirrored).toBe(true);
  const alone = performance.now();
  for (let count = 0; count < 40; count += 1) await at.write(`alone-${count}`, `${count} ${'x'.repeat(90)}`);
  expect(performance.now() - alone).toBeLessThan(1500);
  expect(at.sender.lagBytes()).toBeGreaterThan(4000);
  at.wire = (call) => call();
  await expect.poll(() => at.sender.unmirrored, { timeout: 5000 }).toBe(false);
  await at.write('together');
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
  expect(kinds()).toEqual(['unmirrored', 'mirrored']);
  expect(at.events[0]).toMatchObject({
    reason: 'it has not synced a batch within 200 ms: connect ECONNREFUSED',
    ahead: false,
  });
});

test('a peer that is slower than that is not waited for again and again', async () => {
  await at.write('before');
  at.wire = async (call) => {
    await pause(300);
    return call();
  };
  let waitedMs = 0;
  for (let count = 0; count < 5; count += 1) {
    const begun = performance.now();
    await at.write(`slow-${count}`);
    waitedMs += performance.now() - begun;
    // By then it has everything.
    await pause(500);
  }
  // Once 200 ms, and then no more.
  expect(waitedMs).toBeLessThan(600);
  expect(kinds()).toEqual(['unmirrored']);
  at.wire = (call) => call();
  await expect.poll(() => at.sender.unmirrored, { timeout: 8000 }).toBe(false);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
}, 20_000);

test('an answer that is lost costs nothing: the peer has it already, and is asked where it ends', async () => {
  await at.close();
  at = await mirrored(3000);
  await at.write('before');
  let lost = 0;
  at.wire = async (call) => {
    const answer = await call();
    if (lost < 3) {
      lost += 1;
      throw new Error('socket hang up');
    }
    return answer;
  };
  await at.write('twice');
  await at.write('after');
  expect(at.events).toEqual([]);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('a peer that is started again, with its mirror or without, is filled again', async () => {
  await at.write('one', 'two');
  await at.openPeer();
  await at.write('three');
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
  rmSync(at.mirrorAt, { recursive: true });
  await at.openPeer();
  await at.write('four');
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('segments that the journal has given up go at the peer as well, and no others', async () => {
  for (let count = 0; count < 40; count += 1) await at.write(`task-${count}`, `${count} ${'x'.repeat(100)}`);
  const before = segmentsIn(at.mirrorAt).size;
  expect(before).toBeGreaterThan(3);
  settleAll();
  for (const payload of ['a', 'b', 'c', 'd']) await at.write(payload);
  expect(segmentsIn(at.mirrorAt).size).toBeLessThan(before - 2);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('a peer that was away while whole segments came and went begins at the oldest that is left', async () => {
  await at.write('early');
  at.wire = AWAY;
  for (let count = 0; count < 40; count += 1) await at.write(`task-${count}`, `${count} ${'x'.repeat(100)}`);
  at.journal.settle('early');
  settleAll();
  for (const payload of ['a', 'b', 'c', 'd']) await at.write(payload);
  expect([...segmentsIn(at.journalAt).keys()]).not.toContain('0000000000000000.journal');
  at.wire = (call) => call();
  await expect.poll(() => at.sender.unmirrored, { timeout: 5000 }).toBe(false);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('a batch that was on its way when the owner was killed, and that its disk has lost, is cut at the peer', async () => {
  await at.write('one');
  at.sender.close();
  await at.journal.close();
  const [[name = '', kept = ''] = []] = segmentsIn(at.journalAt);
  await at.openOwner();
  await at.write('two');
  at.sender.close();
  await at.journal.close();
  writeFileSync(join(at.journalAt, name), Buffer.from(kept, 'hex'));
  await at.openOwner();
  at.journal.raise(1000);
  await at.write('another');
  expect(at.events).toEqual([]);
  expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
});

test('what later records call durable is never cut: a journal that has lost it is told so, and left alone', async () => {
  await at.write('one');
  const [[name = '', kept = ''] = []] = segmentsIn(at.journalAt);
  await at.write('two');
  await at.write('three');
  at.sender.close();
  await at.journal.close();
  const whole = segmentsIn(at.mirrorAt);
  writeFileSync(join(at.journalAt, name), Buffer.from(kept, 'hex'));
  await at.openOwner();
  expect(await at.sender.first).toEqual({
    kind: 'unmirrored',
    ahead: true,
    reason: `it refuses: the mirror has records up to 3 (${name}, byte 108) that this journal lacks`,
  });
  at.journal.raise(1000);
  await at.write('another');
  expect(segmentsIn(at.mirrorAt)).toEqual(whole);
});

test.each([1, 2, 3, 4, 5, 6])(
  'whatever fails in whatever order, what was durable while it was mirrored is in the mirror (%i)',
  async (seed) => {
    const random = randomNumbers(seed);
    const promised: string[] = [];
    let names = 0;
    for (let turn = 0; turn < 25; turn += 1) {
      const what = random.whole(0, 6);
      if (what === 0) await at.openPeer();
      else if (what === 1) {
        at.sender.close();
        await at.journal.close();
        await at.openOwner();
        await at.sender.first;
      } else if (what === 2) {
        at.wire = async (call) => {
          if (random.whole(0, 2) === 0) throw new Error('lost on the way');
          const answer = await call();
          if (random.whole(0, 2) === 0) throw new Error('lost on the way back');
          return answer;
        };
      } else if (what === 3) at.wire = (call) => call();
      else if (what === 4) for (const name of promised.splice(0, random.whole(0, 5))) at.journal.settle(name);
      else {
        const batch = Array.from(
          { length: random.whole(1, 8) },
          () => `${(names += 1)} ${'x'.repeat(random.whole(0, 300))}`,
        );
        await at.write(...batch);
        promised.push(...batch);
        if (at.sender.unmirrored) continue;
        const there = [...segmentsIn(at.mirrorAt).values()].join('');
        for (const payload of batch) expect(there).toContain(Buffer.from(payload).toString('hex'));
      }
      at.laterMs += random.whole(0, 800);
    }
    at.wire = (call) => call();
    await expect.poll(() => at.sender.unmirrored, { timeout: 8000 }).toBe(false);
    await at.write('last');
    expect(at.sender.unmirrored).toBe(false);
    expect(segmentsIn(at.mirrorAt)).toEqual(segmentsIn(at.journalAt));
  },
  30_000,
);
