import { expect, test } from 'vitest';
import { stateFolderOf } from './state-folder.ts';

test('state lies where XDG says, else below the home', () => {
  expect(stateFolderOf({ XDG_STATE_HOME: '/state', HOME: '/home/ada' })).toBe('/state/nova-torch');
  expect(stateFolderOf({ HOME: '/home/ada' })).toBe('/home/ada/.local/state/nova-torch');
  expect(stateFolderOf({ LOCALAPPDATA: '/local', HOME: '/home/ada' })).toBe('/local/nova-torch');
});

test('a relative folder would lie in the repository, and none is none', () => {
  expect(stateFolderOf({ XDG_STATE_HOME: '.state', HOME: '/home/ada' })).toBe('/home/ada/.local/state/nova-torch');
  expect(stateFolderOf({ HOME: '.' })).toBe(undefined);
  expect(stateFolderOf({})).toBe(undefined);
});
