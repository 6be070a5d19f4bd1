import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import type { Silence } from '../compile.ts';
import type { RouteModel } from '../core/model.ts';
import type { LoadedSpec } from '../load/document.ts';
import { check } from './check.ts';
import { rules } from './rules.ts';
import { environment, fleet, model, route } from './testing/model.ts';

function codes(
  broken: readonly string[],
  documents: LoadedSpec['documents'] = [],
  others: readonly RouteModel[] = [],
): string[] {
  const { report, diagnostics } = collector();
  const fleets = [fleet('eng/fixer'), fleet('eng/lost', { accepts: { lost: {} }, scale: { min: 9, max: 1 } })];
  const spec = { documents, broken: new Set(broken), assets: new Map() };
  check(
    model(environment({ fleets, routes: [route('eng/work'), route('eng/odd', { tasks: ['odd'] }), ...others] })),
    spec,
    report,
    '2026-11-23',
  );
  return diagnostics.map(({ code }) => code).sort();
}

test('every rule looks at the whole company', () => {
  expect(Object.keys(rules).length).toBeGreaterThan(30);
  expect(codes([])).toEqual(['NT2506', 'NT5001', 'NT5002']);
});

test('rules of one fleet are not asked about a fleet that is known to be silent; whoever is silent now is remembered', () => {
  const fleets = [fleet('eng/fixer'), fleet('eng/lost', { scale: { min: 9, max: 1 } })];
  const whole = model(environment({ fleets, routes: [route('eng/work')] }));
  const spec = { documents: [], broken: new Set<string>(), assets: new Map() };
  const run = (known: readonly string[]) => {
    const { report, diagnostics } = collector();
    const kept: string[] = [];
    const isKnown: Silence['isKnown'] = (_, { id }) => known.includes(id);
    check(whole, spec, report, '2026-11-23', { isKnown, keep: (_, { id }) => kept.push(id) });
    return { codes: diagnostics.map(({ code }) => code).filter((code) => code === 'NT2506'), kept };
  };
  expect(run([])).toEqual({ codes: ['NT2506'], kept: ['eng/fixer'] });
  expect(run(['eng/lost'])).toEqual({ codes: [], kept: ['eng/fixer'] });
  expect(run(['eng/fixer'])).toEqual({ codes: ['NT2506'], kept: [] });
});

test('what a document that could not be read may hold is not reported as missing', () => {
  expect(codes(['Route:eng/lost'])).toEqual(['NT2506', 'NT5002']);
  expect(codes(['Fleet:eng/odd'])).toEqual(['NT2506', 'NT5001']);
  expect(codes(['Team:eng'])).toEqual(['NT2506', 'NT5001', 'NT5002']);
});

test('nor what a document holds that could be read but not resolved', () => {
  const written = (kind: 'Fleet' | 'Route') =>
    ['work', 'odd', 'other'].map(
      (name) => ({ kind, name, team: 'eng', value: { spec: {} } }) as LoadedSpec['documents'][number],
    );
  expect(codes([], written('Route'))).toEqual(['NT2506', 'NT5002']);
  expect(codes([], written('Fleet'))).toEqual(['NT2506', 'NT5001']);
  expect(codes([], written('Route').slice(1))).toEqual(['NT2506', 'NT5001', 'NT5002']);
});

test('a route that names an unknown fleet may be the one that seems to be missing', () => {
  expect(codes([], [], [route('eng/typo', { precedence: 1 })])).toEqual(['NT2506', 'NT5001', 'NT5002', 'NT5020']);
  expect(codes([], [], [{ ...route('eng/typo', { precedence: 1 }), incomplete: true }])).toEqual([
    'NT2506',
    'NT5002',
    'NT5020',
  ]);
});
