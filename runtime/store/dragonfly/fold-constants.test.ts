import { expect, test } from 'vitest';
import { foldConstants } from './fold-constants.ts';
import { APPLY_LUA, APPLY_SOURCE } from './script.ts';

test('constants are written where they are used, and nowhere else', () => {
  const source = [
    'local STATE, TAG = 1, 2',
    "local NONE = 'a|b'",
    'local KEYS_OF = KEYS[1]',
    "row[STATE] = 'STATE' -- STATE",
    'return row[TAG] .. NONE .. OTHER .. KEYS_OF',
  ].join('\n');
  expect(foldConstants(source)).toBe(
    ['', '', 'local KEYS_OF = KEYS[1]', "row[1] = 'STATE' -- STATE", "return row[2] .. 'a|b' .. OTHER .. KEYS_OF"].join(
      '\n',
    ),
  );
});

test('the script keeps its lines and none of its constants', () => {
  expect(APPLY_LUA.split('\n')).toHaveLength(APPLY_SOURCE.split('\n').length);
  const [, constants] = /\n(local STATE, [^\n]*)/.exec(APPLY_SOURCE) ?? [];
  expect(constants).toBeDefined();
  expect(APPLY_LUA.replaceAll(/--[^\n]*/g, '')).not.toMatch(/\b(?:STATE|RUNNING|DUE_MS|SPREAD_MAX)\b/);
});
