import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuditEvent } from '../../core/audit-sink.ts';
import { sparing } from './sparing.ts';

const MINUTE = 60_000;
const events: AuditEvent[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  events.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function event(changes: Partial<AuditEvent> = {}): AuditEvent {
  const refused = { actor: 'anonymous', action: 'task:submit', target: '', outcome: 'refused' } as const;
  return { at: 0, ...refused, requestId: 'r', reason: 'unauthorized', ...changes };
}

function written(): readonly string[] {
  return events.map(({ from = '-', reason = '-', requestId, count = 1 }) => `${from} ${reason} ${requestId} ${count}`);
}

test('of what an address is refused for one reason the first is written, and the last after ten minutes with its number', () => {
  const sink = sparing({ record: (one) => events.push(one) });
  for (let n = 1; n <= 5000; n += 1) sink.record(event({ from: '10.0.0.1', gather: '10.0.0.1', requestId: `r-${n}` }));
  sink.record(event({ from: '10.0.0.2', gather: '10.0.0.2', requestId: 'other' }));
  sink.record(event({ from: '10.0.0.1', gather: '10.0.0.1', reason: 'not-found', requestId: 'lost' }));
  vi.advanceTimersByTime(10 * MINUTE - 1);
  expect(written()).toEqual([
    '10.0.0.1 unauthorized r-1 1',
    '10.0.0.2 unauthorized other 1',
    '10.0.0.1 not-found lost 1',
  ]);
  vi.advanceTimersByTime(1);
  expect(written().slice(3)).toEqual(['10.0.0.1 unauthorized r-5000 4999']);
  sink.record(event({ from: '10.0.0.1', gather: '10.0.0.1', requestId: 'again' }));
  expect(written().slice(4)).toEqual(['10.0.0.1 unauthorized again 1']);
});

test('what an actor is refused as one of too many is gathered as well, without its mark', () => {
  const sink = sparing({ record: (one) => events.push(one) });
  const actor = 'person:ada';
  for (let n = 1; n <= 50; n += 1)
    sink.record(event({ actor, gather: actor, reason: 'queue-full', requestId: `r-${n}` }));
  sink.close();
  expect(written()).toEqual(['- queue-full r-1 1', '- queue-full r-50 49']);
  expect(events.every((one) => one.actor === actor && !('gather' in one))).toBe(true);
});

test('what is not gathered is written each time', () => {
  const sink = sparing({ record: (one) => events.push(one) });
  for (let n = 0; n < 50; n += 1) sink.record(event({ actor: 'person:ada', reason: 'forbidden' }));
  expect(events).toHaveLength(50);
});

test('however many addresses there are, a flood takes no more than so many lines, and all of it is counted', () => {
  const sink = sparing({ record: (one) => events.push(one) });
  for (let n = 0; n < 20_000; n += 1) {
    const from = `10.0.${n >> 8}.${n & 255}`;
    sink.record(event({ from, gather: from }));
  }
  expect(events).toHaveLength(33);
  sink.close();
  expect(written().slice(32)).toEqual(['others unauthorized r 1', 'others unauthorized r 19967']);
  expect(events.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(20_000);
});
