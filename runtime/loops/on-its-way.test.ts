import { expect, test } from 'vitest';
import { taskId } from '../core/task-id.ts';
import type { Reply } from '../store/store.ts';
import { systemClock } from './clock.ts';
import type { Engine, FleetState } from './engine.ts';
import { DEFAULT_BOUNDS } from './new-engine.ts';
import { find, findSurely, movedReason } from './view.ts';

const HOME = 'research/summarizer';
const BACKUP = 'research/backup';
const ID = taskId('research', 'k-1', HOME);
const UNKNOWN = { kind: 'unknown' } as const;

type Used = 'clock' | 'bounds' | 'schedulers' | 'fleets' | 'moving' | 'strays';

/** A scheduler that is alone, of two shards of which one has let a task go: the other takes it with the question of that number. */
function between(arrivesWith: number, moving: readonly string[] = []): Engine {
  let asked = 0;
  const answers: Readonly<Record<string, () => unknown>> = {
    [HOME]: () => ({ kind: 'task', record: { id: ID, state: 'moved', reason: movedReason(BACKUP) } }),
    [BACKUP]: () => {
      asked += 1;
      return asked < arrivesWith ? UNKNOWN : { kind: 'task', record: { id: ID, state: 'ready' } };
    },
  };
  const state = (fleet: string) => {
    const link = { isUp: true, joins: 1, ask: () => Promise.resolve(answers[fleet]?.() as Reply) };
    return [fleet, { fleet, link } as unknown as FleetState] as const;
  };
  const engine: Pick<Engine, Used> & { tables: unknown } = {
    clock: systemClock,
    bounds: { ...DEFAULT_BOUNDS, patienceMs: 1500 },
    schedulers: ['s-0'],
    fleets: new Map([HOME, BACKUP].map(state)),
    moving: new Set(moving),
    strays: new Map(),
    tables: {
      home: (mark: string) => [HOME, BACKUP].find((fleet) => movedReason(fleet).endsWith(mark)),
      compiled: { table: { digest: '' } },
    },
  };
  return engine as unknown as Engine;
}

test('a task that was let go and has not arrived is waited for', async () => {
  expect(await find(between(3), ID)).toBeUndefined();
  expect(await findSurely(between(3), ID)).toMatchObject({
    state: { fleet: BACKUP },
    reply: { record: { state: 'ready' } },
  });
});

test('one that this scheduler is moving is nowhere only when it has not arrived in time, and is not denied then', async () => {
  await expect(findSurely(between(Infinity, [ID]), ID)).rejects.toMatchObject({ name: 'Uncertain' });
});

test('word that leads nowhere is no task', async () => {
  expect(await findSurely(between(Infinity), ID)).toBeUndefined();
});
