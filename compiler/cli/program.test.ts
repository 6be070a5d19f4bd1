import { expect, test } from 'vitest';
import { defineCommand } from './command.ts';
import { choice, flag, integer, many, text } from './option.ts';
import { parse, split } from './program.ts';

const command = defineCommand({
  description: '',
  arguments: [],
  options: {
    dryRun: flag(''),
    env: many('name', ''),
    format: choice(['text', 'json'], 'format', ''),
    workers: integer('n', '', [1, 32], 4),
    out: text('file', ''),
  },
  examples: [{ line: '', summary: '' }],
  exits: [],
  run: async () => 0,
});

const optionsOf = (...words: readonly string[]) => {
  const request = parse(command, words, ['try']);
  return request.ask === 'run' ? request.options : request;
};

test('what is not given has its default', () => {
  expect(optionsOf()).toEqual({ dryRun: false, env: [], format: 'text', workers: 4, out: undefined });
});

test('values are read by the kind of their option', () => {
  expect(optionsOf('--env', 'a,b,', '--env', 'b', '--workers', '32', '--format', 'json', '--dry-run')).toEqual({
    dryRun: true,
    env: ['a', 'b'],
    format: 'json',
    workers: 32,
    out: undefined,
  });
});

test.each([
  [['--workers', '0'], '`--workers` does not take `0`', ['it takes a whole number from 1 to 32']],
  [['--workers', '33'], '`--workers` does not take `33`', ['it takes a whole number from 1 to 32']],
  [['--workers', 'x1'], '`--workers` does not take `x1`', ['it takes a whole number from 1 to 32']],
  [['--env', ''], '`--env` holds nothing', []],
  [['--env', 'a', '--env', ','], '`--env` holds nothing', []],
  [['--format', 'jsn'], '`--format` does not take `jsn`', ['did you mean `json`?', 'it takes text, json']],
])('%j is refused', (words, message, hints) => {
  expect(() => optionsOf(...words)).toThrow(expect.objectContaining({ message, hints }));
});

test('help and version win over the rest', () => {
  expect(optionsOf('--env', 'a', '-h')).toEqual({ ask: 'help', path: ['try'] });
  expect(optionsOf('--version')).toEqual({ ask: 'version' });
  expect(parse(command, ['-C', 'there'], ['try'])).toMatchObject({ ask: 'run', directory: 'there' });
});

test('words before the command are those of every command', () => {
  expect(split(['-C', 'dir', 'route', 'test', 'a.json', '--key', 'x'])).toEqual({
    names: ['route', 'test', 'a.json'],
    before: ['-C', 'dir'],
    rest: ['route', 'test', 'a.json', '--key', 'x'],
  });
  expect(split(['--directory'])).toEqual({ names: [], before: ['--directory'], rest: [] });
});
