import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import type { SourceFile } from '../spec/contract/source.ts';
import { compile, hasErrors, NOTHING_KNOWN } from './compile.ts';
import type { Known, KnownUnit } from './compile.ts';
import { readOwnYaml } from './output/read-yaml.ts';
import { planWrite } from './output/plan.ts';
import { collector } from './diagnostics/report.ts';
import { stages } from './stages.ts';

/**
 * Each spec is the base company of the diagnostics with some of its lines changed, moved, doubled or lost, or its values
 * replaced by unpleasant ones.
 */
const RUNS = 5_000;

const BASE = join(import.meta.dirname, 'diagnostics/cases/base');
const base: readonly SourceFile[] = readdirSync(BASE, { recursive: true, encoding: 'utf8' })
  .filter((path) => statSync(join(BASE, path)).isFile())
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(BASE, path), 'utf8') }))
  .sort((a, b) => (a.path < b.path ? -1 : 1));

const value = fc.oneof(
  fc.constantFrom(
    'yes',
    'on',
    'null',
    '~',
    '0777',
    '1_000',
    '12:30',
    '.inf',
    '-0',
    '1e400',
    '[]',
    '{}',
    '""',
    '*a',
    '&a b',
  ),
  fc.constantFrom(
    'a\u2028---\u2028kind: ClusterRole',
    '"\\u2028---\\u2028x"',
    "'{{ .Values }}'",
    '"$(HOME)"',
    '${x}',
    '`',
  ),
  fc.constantFrom(
    'code-fixer',
    'research/web-reader',
    'nowhere',
    '-1',
    '0',
    '1',
    '1000000000',
    '10m',
    '99%',
    '5/h',
    'p99 < 1s',
  ),
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    'true',
    '!!js/function x',
    '|',
    '>-',
    '# gone',
    '? x',
    '%YAML 1.1',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
  fc.integer().map(String),
);

type Edit = (lines: string[], at: number) => void;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constant<Edit>((lines, at) => lines.splice(at, 1)),
  fc.constant<Edit>((lines, at) => lines.splice(at, 0, lines[at] ?? '')),
  fc.constant<Edit>((lines, at) => (lines[at] = `  ${lines[at] ?? ''}`)),
  fc.nat(200).map<Edit>((to) => (lines, at) => lines.splice(to % lines.length, 0, ...lines.splice(at, 1))),
  value.map<Edit>((text) => (lines, at) => (lines[at] = (lines[at] ?? '').replace(/: .*$/, () => `: ${text}`))),
  value.map<Edit>((text) => (lines, at) => (lines[at] = (lines[at] ?? '').replace(/[\w-]+:/, () => `${text}:`))),
  value.map<Edit>((text) => (lines, at) => lines.splice(at, 0, text)),
);
/** Few edits, so that many specs stay valid and are emitted. */
const edits = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(500), edit), { maxLength: 3 });

/** Units by what they were made from: of a spec that differs in three lines most units were made before. */
const units = new Map<string, KnownUnit>();
const known: Known = {
  ...NOTHING_KNOWN,
  unit: (environment, unit, from) => units.get(`${environment} ${unit} ${from}`),
  keep: (environment, made) => units.set(`${environment} ${made.unit.id} ${made.from}`, made),
};

test('no spec crashes or hangs the compiler, is half written, or is read differently by a YAML 1.1 reader', async () => {
  let emitted = 0;
  let refused = 0;
  const seen = new Set<string>();
  // Loading the emitters is paid once, by the first compile.
  await compile({ files: edited([]), today: '2026-11-23' }, stages);
  await fc.assert(
    fc.asyncProperty(edits, fc.boolean(), async (changes, reversed) => {
      const files = edited(changes);
      const start = process.cpuUsage();
      const result = await compile({ files: reversed ? files.reverse() : files, today: '2026-11-23' }, stages, known);
      expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
      if (hasErrors(result.diagnostics)) {
        refused++;
        expect(result.environments).toEqual([]);
        return;
      }
      emitted++;
      for (const file of result.environments.flatMap(({ units }) => units.flatMap((unit) => unit.files))) {
        // Most files of a spec are those of the spec before: the same bytes need not be read again.
        if (!file.path.endsWith('.yaml') || seen.has(file.sha256)) continue;
        seen.add(file.sha256);
        expect(loadAll(file.text, { schema: YAML11_SCHEMA }), file.path).toEqual(readOwnYaml(file.text));
      }
      const { report, diagnostics } = collector();
      const tree = { files: [], foreign: [], tooDeep: [], indexes: new Map(), brokenIndexes: [], read: () => '' };
      planWrite({ compiled: result.environments, environmentNames: [], tree, digestOf: () => '', report });
      expect(diagnostics).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  expect([emitted > RUNS / 20, refused > RUNS / 20], `${emitted} emitted, ${refused} refused`).toEqual([true, true]);
}, 900_000);

function edited(changes: readonly (readonly [number, number, Edit])[]): SourceFile[] {
  const texts = base.map(({ text }) => text.split('\n'));
  for (const [file, line, change] of changes) {
    const lines = texts[file] ?? [];
    if (lines.length > 0) change(lines, line % lines.length);
  }
  return base.map(({ path }, index) => ({ path, text: (texts[index] ?? []).join('\n') }));
}
