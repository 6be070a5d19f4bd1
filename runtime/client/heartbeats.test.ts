import { expect, test } from 'vitest';
import type { HeartbeatRequest } from '../../spec/contract/protocol.ts';
import type { Connection } from './connection.ts';
import { heartbeats } from './heartbeats.ts';
import type { Run } from './run-task.ts';

test('more leases than one heartbeat names are kept by several, and each answer is for its own', async () => {
  const stopped: string[] = [];
  const runs = new Map(
    Array.from({ length: 300 }, (_, index): [string, Run] => {
      const id = `t-${index}`;
      const task = { id, token: index + 1, heartbeatMs: 300 } as Run['task'];
      return [id, { task, over: Promise.resolve('completed'), stop: (reason) => stopped.push(`${id} ${reason}`) }];
    }),
  );
  const sent: number[] = [];
  const link = {
    ask: ({ body }: { readonly body: HeartbeatRequest }) => {
      sent.push(body.tasks.length);
      const tasks = body.tasks.map(({ id }) => ({ id, lease: id === 't-299' ? 'gone' : 'held', cancel: id === 't-0' }));
      return Promise.resolve({ tasks, drain: false });
    },
  } as unknown as Connection;
  const beat = heartbeats(link, '/heartbeat', runs, { onDrain: () => undefined, onFailure: () => undefined });
  await expect.poll(() => stopped).toEqual(['t-0 cancelled', 't-299 lost']);
  beat.stop();
  expect(sent).toEqual([256, 44]);
});
