import { expect, test } from 'vitest';
import { mayHaveBegun, whyUnbegun } from './push-answer.ts';

const RESET = 'upstream connect error or disconnect/reset before headers. reset reason:';
const ENVOY = { server: 'envoy' };

function unbegun(status: number, text: string, headers: Readonly<Record<string, string>> = {}) {
  return whyUnbegun(status, new Headers(headers), Buffer.from(text));
}

test.each([
  ['no healthy upstream', 'nobody-there'],
  [`${RESET} connection failure`, 'nobody-there'],
  [`${RESET} local connection failure`, 'nobody-there'],
  [
    `${RESET} remote connection failure, transport failure reason: delayed connect error: Connection refused`,
    'nobody-there',
  ],
  [`${RESET} connection failure, transport failure reason: TLS error: Secret is not supplied by SDS`, 'nobody-there'],
  [`${RESET} connection timeout`, 'nobody-there'],
  [`${RESET} overflow`, 'no-room'],
  [`${RESET} remote refused stream reset`, 'no-room'],
])('after "%s" of a proxy of the mesh it is sure that nobody has begun: %s', (text, why) => {
  expect(unbegun(503, text, ENVOY)).toBe(why);
  expect(unbegun(503, text, { server: 'istio-envoy' })).toBe(why);
  // Anyone can write this.
  expect(unbegun(503, text)).toBeUndefined();
  expect(unbegun(503, text, { server: 'gunicorn' })).toBeUndefined();
  // Somebody behind the proxy has answered so, perhaps of a call in the middle of its work.
  expect(unbegun(503, text, { ...ENVOY, 'x-envoy-upstream-service-time': '12' })).toBeUndefined();
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
  expect(unbegun(503, text, ENVOY)).toBeUndefined();
  expect(unbegun(504, text, ENVOY)).toBeUndefined();
});

test('an agent says of itself that it has no room', () => {
  expect(unbegun(429, '')).toBe('no-room');
  expect(unbegun(503, '', { 'retry-after': '5' })).toBe('no-room');
  expect(unbegun(503, '{}', { 'content-type': 'application/problem+json; charset=utf-8' })).toBe('no-room');
  expect(unbegun(503, '{}', { 'content-type': 'application/json' })).toBeUndefined();
  expect(unbegun(504, '', { 'retry-after': '5' })).toBeUndefined();
});

test('what only an agent says of its run is not taken for the word of a proxy', () => {
  const unsure = (status: number) => mayHaveBegun({ status, isUnbegun: false });
  expect([408, 502, 503, 504].every(unsure)).toBe(true);
  expect([200, 202, 400, 429, 500, 501].some(unsure)).toBe(false);
  expect(mayHaveBegun({ status: 503, isUnbegun: true })).toBe(false);
});
