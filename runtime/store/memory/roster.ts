import { noteOf } from '../agent-note.ts';
import { ROSTER_PAGE, type Operation, type Reply } from '../store.ts';
import type { ShardData } from './shard-data.ts';
import type { Step } from './step.ts';

const KEPT_MS = 60_000;
const AGENTS_MAX = 10_000;
/** What is written has its place among all by its batch, and within it by its turn. */
const NOTES_OF_BATCH = 1024;
/** Looked at for their age; besides as many as are written, so that there are never more for long. */
const LOOKS = 50;

/** See `Roster` in `../store.ts`. */
export function roster(step: Step, { notes, after }: Extract<Operation, { op: 'roster' }>): Reply {
  const { data, batch, nowMs } = step;
  for (const { agent, note } of notes) {
    step.noted += 1;
    data.l.add(agent, data.m.beat * NOTES_OF_BATCH + step.noted);
    data.a.set(agent, `${nowMs}|${batch.scheduler}|${note}`);
  }
  forgetOld(data, notes.length + LOOKS, nowMs);
  const names = data.l.range(after + 1, Infinity, 0, ROSTER_PAGE);
  const last = names.at(-1);
  const upTo = last === undefined ? after : (data.l.score(last) ?? after);
  return { kind: 'roster', notes: names.map((agent) => noteOf(agent, data.a.get(agent) ?? '')), upTo };
}

function forgetOld({ a, l }: ShardData, looks: number, nowMs: number): void {
  const over = l.size - AGENTS_MAX;
  for (const [index, agent] of l.range(0, Infinity, 0, looks).entries()) {
    const writtenMs = Number(a.get(agent)?.split('|')[0] ?? 0);
    if (index >= over && writtenMs > nowMs - KEPT_MS) continue;
    l.remove(agent);
    a.delete(agent);
  }
}
