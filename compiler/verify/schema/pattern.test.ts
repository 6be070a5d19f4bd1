import { expect, test } from 'vitest';
import { matchesPattern } from './pattern.ts';
import { manifestSchemas } from './schemas.ts';

/** Takes 25 s for 40,000 letters in the engine of JavaScript. */
const HOST =
  '^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/]+$';

test('a long text is judged as a short one, and at once', () => {
  for (const length of [100, 40_000]) {
    const name = 'a'.repeat(length);
    expect([matchesPattern(HOST, name), matchesPattern(HOST, `${name}/b`)]).toEqual([false, true]);
    expect(matchesPattern('^(?i)(A+|warn)$', name)).toBe(true);
  }
});

test('both engines take every pattern of the schemas and say the same', () => {
  const patterns = new Set(manifestSchemas().nodes.flatMap(({ pattern }) => pattern ?? []));
  expect(patterns.size).toBeGreaterThan(30);
  const texts = ['a', 'A-1', 'a.b', '*.a', 'a/b', '10Mi', '5m', 'https://a.example/b', '0', '', 'a b', '%', 'p99 < 1s'];
  for (const pattern of patterns) {
    for (const text of texts) {
      // Long by what no pattern cares about where it repeats, or refuses alike where it does not.
      const long = text + 'a'.repeat(300);
      const native = new RegExp(pattern.replaceAll('(?i)', ''), pattern.includes('(?i)') ? 'iu' : 'u').test(long);
      expect([pattern, long, matchesPattern(pattern, long)]).toEqual([pattern, long, native]);
    }
  }
});
