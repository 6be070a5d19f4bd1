import { expect, test } from 'vitest';
import { mayHaveBegun, surelyUnbegun } from './push-answer.ts';

const RESET = 'upstream connect error or disconnect/reset before headers. reset reason:';
const ENVOY = { server: 'envoy' };

function isSure(status: number, text: string, headers: Readonly<Record<string, string>> = {}): boolean {
  return surelyUnbegun(status, new Headers(headers), Buffer.from(text));
}

test.each([
  'no healthy upstream',
  `${RESET} connection failure`,
  `${RESET} local connection failure`,
  `${RESET} remote connection failure, transport failure reason: delayed connect error: Connection refused`,
  `${RESET} connection failure, transport failure reason: TLS error: Secret is not supplied by SDS`,
  `${RESET} connection timeout`,
  `${RESET} overflow`,
  `${RESET} remote refused stream reset`,
])('after "%s" of a proxy of the mesh it is sure that nobody has begun', (text) => {
  expect(isSure(503, text, ENVOY)).toBe(true);
  expect(isSure(503, text, { server: 'istio-envoy' })).toBe(true);
  // Anyone can write this.
  expect(isSure(503, text)).toBe(false);
  expect(isSure(503, text, { server: 'gunicorn' })).toBe(false);
  // Somebody behind the proxy has answered so, perhaps of a call in the middle of its work.
  expect(isSure(503, text, { ...ENVOY, 'x-envoy-upstream-service-time': '12' })).toBe(false);
});

test.each([
  `${RESET} connection termination`,
  `${RESET} remote reset`,
  `${RESET} local reset`,
  `${RESET} protocol error`,
  `${RESET} connection failure and more`,
  'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection failure',
  'upstream request timeout',
  '',
])('after "%s" the agent may be at work', (text) => {
  expect(isSure(503, text, ENVOY)).toBe(false);
  expect(isSure(504, text, ENVOY)).toBe(false);
});

test('an agent says of itself that it has no room', () => {
  expect(isSure(429, '')).toBe(true);
  expect(isSure(503, '', { 'retry-after': '5' })).toBe(true);
  expect(isSure(503, '{}', { 'content-type': 'application/problem+json; charset=utf-8' })).toBe(true);
  expect(isSure(503, '{}', { 'content-type': 'application/json' })).toBe(false);
  expect(isSure(504, '', { 'retry-after': '5' })).toBe(false);
});

test('what only an agent says of its run is not taken for the word of a proxy', () => {
  const unsure = (status: number) => mayHaveBegun({ status, isUnbegun: false });
  expect([408, 502, 503, 504].every(unsure)).toBe(true);
  expect([200, 202, 400, 429, 500, 501].some(unsure)).toBe(false);
  expect(mayHaveBegun({ status: 503, isUnbegun: true })).toBe(false);
});
