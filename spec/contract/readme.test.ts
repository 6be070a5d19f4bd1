import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentValidators } from '../../compiler/load/generated/validators.ts';
import { parseExpression } from './expression-parser.ts';
import type { Route } from './generated/types.ts';

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

test('the example is a valid route with a valid condition', () => {
  const document = parse(/```yaml\n([^`]*)```/.exec(README)?.[1] ?? '') as Route;
  expect([documentValidators.Route(document), documentValidators.Route.errors]).toEqual([true, null]);
  expect(parseExpression(document.spec.match.where ?? '')).toHaveProperty('expression');
});

test('the files it lists exist', () => {
  const listed = [...README.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell]) => [
    ...(cell ?? '').matchAll(/`([\w./-]+)`/g),
  ]);
  const files = listed.map(([, name]) => String(name)).filter((name) => /[./]/.test(name));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((name) => !existsSync(new URL(name, import.meta.url)))).toEqual([]);
});
