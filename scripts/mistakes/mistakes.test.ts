import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locator } from '../../compiler/diagnostics/located.ts';
import { collector } from '../../compiler/diagnostics/report.ts';
import { problemsOf } from '../../compiler/diagnostics/testing/problems-of.ts';
import { readSpec } from '../../compiler/load/read.ts';
import { mistakesOfGraph } from './graph.ts';
import { mistakesOfRoutes } from './routes.ts';
import { mistakesOfText } from './text.ts';

const company = readSpec(join(import.meta.dirname, '../..'), collector().report);

/**
 * Single mistakes that people make in the example company. Everything that is said about each is expected: the cause, at its
 * place, and nothing that follows from it. What is several mistakes, such as a file of three providers that is gone, is said
 * in as many lines.
 */
const mistakes = [...mistakesOfText, ...mistakesOfGraph, ...mistakesOfRoutes];

test('there are mistakes enough to trust, and no name stands for two', () => {
  expect(mistakes.length).toBeGreaterThan(100);
  expect(new Set(mistakes.map(([what]) => what)).size).toBe(mistakes.length);
});

test.each(mistakes)('of a single mistake only the cause is said: %s', async (_, changes, said) => {
  const texts = new Map(company.map(({ path, text }) => [path.slice('spec/'.length), text]));
  for (const change of changes) change(texts);
  const files = [...texts].map(([path, text]) => ({ path: `spec/${path}`, text }));
  const locate = locator(files);
  const diagnostics = await problemsOf(files);
  const found = diagnostics.map(({ code, message, at }) => {
    const { file, line, column } = locate(at);
    return `${file.slice('spec/'.length)}:${line}:${column} ${code} ${message}`;
  });
  expect(found).toEqual(said);
});
