import { expect, test } from 'vitest';
import { FIELDS } from '../row.ts';
import { DEFAULT_SETTINGS_TEXT } from '../testing/dump.ts';
import { lintLua } from '../testing/lint-lua.ts';
import { KEY_COUNT, keysOf } from './encode.ts';
import { APPLY_SOURCE } from './script.ts';

test('the script declares its keys, bounds its loops and says what it promises', () => {
  expect(lintLua(APPLY_SOURCE)).toEqual([]);
  expect(APPLY_SOURCE.match(/\bcall\('/g)?.length).toBeGreaterThan(60);
});

test('it has a name for each key it is given', () => {
  const names = [...APPLY_SOURCE.matchAll(/KEYS\[(\d+)\]/g)].map(([, index]) => Number(index));
  expect(names).toEqual(Array.from({ length: KEY_COUNT }, (_, index) => index + 1));
  expect(keysOf({ fleet: 'a/b', index: 2 }).every((key) => key.startsWith('{n:a/b:2}:'))).toBe(true);
});

test('its fields are those of the record, in their order', () => {
  const names = FIELDS.slice(0, 15).map((field) => field.replace(/[A-Z]/g, '_$&').toUpperCase());
  const numbers = names.map((name) => {
    const line = APPLY_SOURCE.split('\n').find(
      (one) => one.startsWith('local ') && new RegExp(`[ ,]${name}[, ]`).test(one),
    );
    const [left = '', right = ''] = (line ?? '').slice('local '.length).split(' = ');
    return Number(right.split(', ')[left.split(', ').indexOf(name)]);
  });
  expect(numbers).toEqual(names.map((_, index) => index + 1));
});

test('without a policy its settings are the default ones', () => {
  expect(APPLY_SOURCE).toContain(`local DEFAULT_SETTINGS = '${DEFAULT_SETTINGS_TEXT}'`);
});

test('the lint finds what it is for', () => {
  const header = ['KEYS', 'ARGV', 'Returns', 'Promise', 'Bounds'].map((part) => `-- ${part} x`).join('\n');
  const lint = (code: string) => lintLua(`${header}\nlocal q = KEYS[1]\nlocal call = redis.call\n${code}`);
  expect(lint("call('ZCARD', q)")).toEqual([]);
  expect(lint("for index = 1, n do\ncall('HGET', q, 'x')\nend -- while")).toEqual([]);
  expect(lint("call('ZCARD', x)")).toEqual(['line 8: ZCARD uses x, which is not from KEYS']);
  expect(lint("call('PING')")).toEqual(['line 8: PING uses no key, which is not from KEYS']);
  expect(lint('call(name, q)')).toEqual(['line 8: the command of a call must be written out']);
  expect(lint('while true do')).toEqual(['line 8: a loop without a bound']);
  expect(lint('for line in lines do')).toEqual(['line 8: a loop must run over a range or a list']);
  expect(lint('local a, b = unpack(list)')).toEqual(['line 8: unpack is not the same in both versions of Lua']);
  expect(lint("redis.pcall('TIME')")).toEqual(['line 8: only redis.call is the same on every server']);
  expect(lint('local a = 7 // 2')).toEqual(['line 8: Lua 5.1 does not have it']);
  expect(lint('local a = cjson.decode(x)')).toEqual(['line 8: not every server has it']);
  expect(lint("local a = format('%.14f', x)")).toEqual(['line 8: numbers are written by int()']);
  expect(lint('leak = 1')).toEqual(['line 8: leak may be a global']);
  expect(lintLua('local x = 1')).toHaveLength(5);
});
