import { idOf, stickyMember } from './step.ts';
import { RUNNING, type ShardData } from './shard-data.ts';
import type { Row } from '../row.ts';

/** Where the sets of a shard and its records disagree, in sentences; nothing when all is well. */
export function audit(data: ShardData): readonly string[] {
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  for (const [id, row] of data.o) {
    const { state } = row;
    const open = 'RHDL'.includes(state);
    expect((state === 'R') === (data.q.score(`${row.tag}:${id}`) === row.lane), `${id} is ${state}: q`);
    expect((state === 'H') === (data.w.score(`${row.hold} ${row.tag}:${id}`) === 0), `${id} is ${state}: w`);
    expect(data.i.score(id) === laneScore(row, open), `${id} is ${state}: i`);
    expect((state === 'X') === (data.x.score(id) !== undefined), `${id} is ${state}: x`);
    expect((open || state === 'X') === (data.z.score(id) === undefined), `${id} is ${state}: z`);
    expect(!'DLH'.includes(state) || data.d.score(id) !== undefined, `${id} is ${state}: d`);
    expect(open || data.d.score(id) === undefined, `${id} is ${state}: d still`);
    expect((open || state === 'X') === data.b.has(id), `${id} is ${state}: b`);
    expect(
      row.affinity === '' || (state === 'L') === (data.j.score(stickyMember(row, id)) === 0),
      `${id} is ${state}: j`,
    );
  }
  const states = (letters: string): number =>
    [...data.o.values()].filter(({ state }) => letters.includes(state)).length;
  expect(data.q.size === states('R'), 'q has more than what is ready');
  expect(data.w.size === states('H'), 'w has more than what is held');
  expect(data.i.size === states('RHDL'), 'i has more than what is open');
  expect(data.x.size === states('X'), 'x has more than what is dead');
  for (const { member } of data.q.entries()) expect(data.o.has(idOf(member)), `${member} has no record`);
  const bytes = [...data.r.values()].reduce((sum, result) => sum + Buffer.byteLength(result), 0);
  expect(data.m.bytes === bytes, `results have ${bytes} bytes, not ${data.m.bytes}`);
  return wrong;
}

function laneScore(row: Row, open: boolean): number | undefined {
  if (!open) return undefined;
  return row.state === 'L' ? RUNNING + row.lane : row.lane;
}
