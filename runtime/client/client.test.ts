import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TaskEvent } from '../../spec/contract/protocol.ts';
import { client, clientOver } from './client.ts';
import type { Ask, Connection } from './connection.ts';

/** A scheduler that gives these streams one after the other, each to its end, and says this state when it is asked. */
function giving(streams: readonly (readonly Partial<TaskEvent>[])[], state: string) {
  const asked: string[] = [];
  const link = {
    ask: () => sleep(1, { state }),
    stream: ({ headers }: Ask) => {
      const events = streams[asked.length] ?? [];
      asked.push(headers?.['last-event-id'] ?? '');
      const text = events.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join('');
      return Promise.resolve(new Blob([text]).stream());
    },
  } as unknown as Connection;
  return { tasks: clientOver(link, 1000), asked };
}

async function statesOf(events: AsyncIterable<TaskEvent>): Promise<readonly string[]> {
  const states: string[] = [];
  for await (const { state } of events) states.push(state);
  return states;
}

test('events go on to the last one, also when the task ends while a scheduler goes', async () => {
  const { tasks, asked } = giving([[{ seq: 1, state: 'running' }], [{ seq: 2, state: 'succeeded' }]], 'succeeded');
  expect(await statesOf(tasks.events('t-1'))).toEqual(['running', 'succeeded']);
  expect(asked).toEqual(['0', '1']);
});

test('a dead letter is watched on over a scheduler that goes: it may have another chance', async () => {
  const streams = [
    [{ seq: 1, state: 'dead' }],
    [],
    [
      { seq: 2, state: 'ready' },
      { seq: 3, state: 'cancelled' },
    ],
  ] as const;
  const { tasks, asked } = giving(streams, 'dead');
  expect(await statesOf(tasks.events('t-1'))).toEqual(['dead', 'ready', 'cancelled']);
  expect(asked).toEqual(['0', '1', '1']);
});

test('who has seen the last event is told of no other', async () => {
  expect(await statesOf(giving([], 'failed').tasks.events('t-1', { after: 7 }))).toEqual([]);
});

test('a scheduler that gives nothing new is asked again after a pause, and for as long as somebody watches', async () => {
  const { tasks, asked } = giving([], 'running');
  const stop = new AbortController();
  const watching = statesOf(tasks.events('t-1', { signal: stop.signal })).catch((error: unknown) => error);
  await sleep(500);
  stop.abort();
  expect(await watching).toMatchObject({ name: 'AbortError' });
  expect(asked.length).toBeLessThan(40);
});

test.each<[string, string | RegExp]>([
  ['localhost:8080', '`localhost:8080` is no scheduler: one looks like http://scheduler:8080'],
  ['scheduler', '`scheduler` is no scheduler: one looks like http://scheduler:8080'],
  [
    'http://me:secret@scheduler',
    /^the address of scheduler holds a login: a token says who calls, see NOVA_TORCH_TOKEN_FILE$/,
  ],
])('%s is refused at once, and not asked for a minute', (url, says) => {
  expect(() => client({ url })).toThrow(says);
});

test('what no header can hold is named at once, and not shown', async () => {
  let calls = 0;
  const url = 'http://scheduler';
  const call = (): Promise<Response> => {
    calls += 1;
    return Promise.resolve(Response.json({}));
  };
  const tasks = client({ url, fetch: call });
  await expect(tasks.submit('greet', {}, { key: '注文' })).rejects.toThrow(
    'what is to be said as `idempotency-key` has a character that no header may have',
  );
  const torn = client({ url, fetch: call, token: 'half-a\nsecret' });
  await expect(torn.why('t-1')).rejects.toThrow(/^what is to be said as `authorization` has a character/);
  expect(calls).toBe(0);
});
