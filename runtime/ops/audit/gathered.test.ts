import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuditEvent } from '../../core/audit-sink.ts';
import { gathered } from './gathered.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function event(target: string): AuditEvent {
  return { at: 0, actor: 'a', action: 'task:submit', target, outcome: 'done', requestId: 'r' };
}

test('events come together, in their order, and no later than was said', () => {
  const seen: string[] = [];
  const sink = gathered({ record: ({ target }) => seen.push(target) }, 20);
  sink.record(event('1'));
  vi.advanceTimersByTime(19);
  sink.record(event('2'));
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual(['1', '2']);
  sink.record(event('3'));
  vi.advanceTimersByTime(20);
  expect(seen).toEqual(['1', '2', '3']);
});

test('who closes it loses nothing, and what comes later is handed on at once', () => {
  const seen: string[] = [];
  const sink = gathered({ record: ({ target }) => seen.push(target) }, 20);
  sink.record(event('1'));
  sink.close();
  sink.record(event('2'));
  expect(seen).toEqual(['1', '2']);
  vi.advanceTimersByTime(100);
  expect(seen).toEqual(['1', '2']);
});
