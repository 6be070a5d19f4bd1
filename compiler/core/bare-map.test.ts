import { expect, test } from 'vitest';
import { bareMap } from './bare-map.ts';

test('nothing is found in a map that nobody put there', () => {
  const map = bareMap();
  expect(['constructor', 'toString', 'hasOwnProperty', '__proto__'].filter((name) => name in map)).toEqual([]);
  expect(map['constructor']).toBe(undefined);
});

test('a name is a name, `__proto__` too, and one map knows nothing of another', () => {
  const [one, other] = [bareMap(), bareMap()];
  one['__proto__'] = { admin: true };
  one['constructor'] = 1;
  expect(Object.keys(one)).toEqual(['__proto__', 'constructor']);
  expect(JSON.stringify(one)).toBe('{"__proto__":{"admin":true},"constructor":1}');
  expect(one['admin']).toBe(undefined);
  expect(Object.keys(other)).toEqual([]);
  expect(() => Object.assign(Object.getPrototypeOf(one), { admin: true })).toThrow(TypeError);
});
