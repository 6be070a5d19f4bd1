import { expect } from 'vitest';
import type { AgentNote, Reply } from '../store.ts';
import { Talker } from './bench.ts';
import type { Case } from './conformance.ts';

/** What schedulers tell each other of agents. */
export const ROSTER_CASES: readonly Case[] = [
  [
    'what one scheduler writes down of agents all read, each from where it was',
    async (talker, bench) => {
      const other = new Talker(bench, 's-2');
      const first = await tell(talker, 0, ['a-1', 'idle'], ['a-2', 'busy']);
      expect(first.notes).toEqual([
        { agent: 'a-1', by: 's-1', note: 'idle' },
        { agent: 'a-2', by: 's-1', note: 'busy' },
      ]);
      expect((await tell(talker, first.upTo)).notes).toEqual([]);
      const second = await tell(other, 0, ['a-3', 'idle']);
      expect(second.notes.map(({ agent, by }) => `${agent} ${by}`)).toEqual(['a-1 s-1', 'a-2 s-1', 'a-3 s-2']);
      const third = await tell(talker, first.upTo);
      expect(third.notes).toEqual([{ agent: 'a-3', by: 's-2', note: 'idle' }]);
      expect(await tell(talker, third.upTo)).toEqual({ kind: 'roster', notes: [], upTo: third.upTo });
    },
  ],
  [
    'of one agent the last note is kept, whichever scheduler wrote it, and has its turn last',
    async (talker, bench) => {
      const other = new Talker(bench, 's-2');
      const { upTo } = await tell(talker, 0, ['a-1', 'idle'], ['a-2', 'idle'], ['a-1', 'busy']);
      expect(texts(await tell(talker, 0))).toEqual(['a-2 s-1 idle', 'a-1 s-1 busy']);
      expect(texts(await tell(other, upTo, ['a-2', 'idle']))).toEqual(['a-2 s-2 idle']);
      expect(texts(await tell(talker, 0))).toEqual(['a-1 s-1 busy', 'a-2 s-2 idle']);
    },
  ],
  [
    'notes of one batch that stand in several operations have each a turn of their own',
    async (talker) => {
      const notes = (agent: string): readonly AgentNote[] => [{ agent, note: 'idle' }];
      const [, reply] = await talker.run(
        { op: 'roster', notes: notes('b'), after: 0 },
        { op: 'roster', notes: notes('a'), after: 0 },
      );
      expect(texts(rosterOf(reply))).toEqual(['b s-1 idle', 'a s-1 idle']);
      expect(texts(await tell(talker, rosterOf(reply).upTo - 1))).toEqual(['a s-1 idle']);
    },
  ],
  [
    'agents are read a page at a time',
    async (talker) => {
      const agents = Array.from({ length: 600 }, (_, index) => `a-${index}`);
      await tell(talker, 0, ...agents.map((agent) => [agent, 'idle'] as const));
      const found: string[] = [];
      const sizes: number[] = [];
      let upTo = 0;
      for (let page = 0; page < 4; page += 1) {
        const reply = await tell(talker, upTo);
        found.push(...reply.notes.map(({ agent }) => agent));
        sizes.push(reply.notes.length);
        upTo = reply.upTo;
      }
      expect(sizes).toEqual([250, 250, 100, 0]);
      expect(found).toEqual(agents);
    },
  ],
  [
    'an agent that nobody has written down for a minute is forgotten',
    async (talker, bench) => {
      await tell(talker, 0, ['a-1', 'idle'], ['a-2', 'idle']);
      bench.now += 30_000;
      await tell(talker, 0, ['a-1', 'idle']);
      bench.now += 29_999;
      expect(texts(await tell(talker, 0))).toEqual(['a-2 s-1 idle', 'a-1 s-1 idle']);
      bench.now += 1;
      expect(texts(await tell(talker, 0))).toEqual(['a-1 s-1 idle']);
    },
  ],
  [
    'of more than ten thousand agents the oldest are forgotten',
    async (talker) => {
      for (let from = 0; from <= 10_000; from += 500) {
        const agents = Array.from({ length: 500 }, (_, index) => `a-${from + index}`);
        await tell(talker, 0, ...agents.map((agent) => [agent, 'idle'] as const));
      }
      const [first] = (await tell(talker, 0)).notes;
      expect(first?.agent).toBe('a-500');
      await tell(talker, 0, ['a-600', 'busy'], ['one-more', 'idle']);
      expect((await tell(talker, 0)).notes[0]?.agent).toBe('a-501');
    },
  ],
];

type Pair = readonly [agent: string, note: string];
type Roster = Extract<Reply, { kind: 'roster' }>;

async function tell(talker: Talker, after: number, ...pairs: readonly Pair[]): Promise<Roster> {
  const notes = pairs.map(([agent, note]) => ({ agent, note }));
  return rosterOf(await talker.one({ op: 'roster', notes, after }));
}

function rosterOf(reply: Reply | undefined): Roster {
  if (reply?.kind !== 'roster') throw new Error(`a roster was answered with ${reply?.kind ?? 'nothing'}`);
  return reply;
}

function texts({ notes }: Roster): readonly string[] {
  return notes.map(({ agent, by, note }) => `${agent} ${by} ${note}`);
}
