import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printText } from '../compiler/diagnostics/print-text.ts';
import { collector } from '../compiler/diagnostics/report.ts';
import { compileProblemsOf } from '../compiler/diagnostics/testing/problems-of.ts';
import { loadSpec } from '../compiler/load/load.ts';
import { readSpec } from '../compiler/load/read.ts';

const { report, diagnostics } = collector();
const files = readSpec(join(import.meta.dirname, '..'), report);

test('the example company compiles without an error or a warning', async () => {
  const compiled = await compileProblemsOf(files);
  expect(printText([...diagnostics, ...compiled.diagnostics], files)).toBe('');
  expect(compiled.objects).toBeGreaterThan(2000);
});

test('the example company uses every kind but the escape hatch, and enough of each to be worth reading', () => {
  const counts: Record<string, number> = {};
  for (const { kind } of loadSpec(files, report).documents) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(counts).toEqual({
    Company: 1,
    Environment: 3,
    Team: 5,
    Fleet: 15,
    Route: 17,
    Provider: 3,
    ToolServer: 4,
    Schedule: 5,
  });
});
