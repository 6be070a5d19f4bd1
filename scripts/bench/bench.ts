import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { figures } from './figures.ts';
import type { Target } from './figures.ts';
import { changeOneFleet, makeSpec } from './make-spec.ts';
import { measure, median, wallOf } from './measure.ts';
import type { Measured } from './measure.ts';
import type { Synthesized, Way } from './stock/synth.ts';

/**
 * What a compile costs, against its targets and against stock cdk8s, in one run: `npm run bench`. Every figure is that of
 * a whole process, start included, and the median of several. Ends with 1 when a target is missed.
 */

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** A user's folder: what a compile remembers is marked with a key in it. */
const STATE = mkdtempSync(join(tmpdir(), 'nova-torch-bench-state-'));

const compileWith = (emitters: readonly string[]): string => `
  const { compileTree } = await load('compiler/incremental/compile-tree.js');
  const only = ${JSON.stringify(emitters)};
  const stages = async () => {
    const { stages: all } = await load('compiler/stages.js');
    const chosen = async () => (await all.emitters()).filter(({ name }) => only.length === 0 || only.includes(name));
    // What the other targets bring is not there: only then a name may lead nowhere.
    const prove = (environment, summaries, report) =>
      all.prove(environment, summaries, (code, ...rest) => {
        if (only.length === 0 || code !== 'NT3003') report(code, ...rest);
      });
    return { ...all, emitters: chosen, prove };
  };
  const { diagnostics, environments, written, unchanged } =
    await compileTree({ root: argument, stateFolder: '${STATE}', today: '2026-11-23', stages, mode: 'write' });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.slice(0, 5).map(({ code, message }) => code + ' ' + message).join('\\n'));
  return { written: written.length, unchanged, objects: environments[0].objects };`;

/** What a fleet needs to run and to be found: the targets below are for these; all of them have one of their own. */
const COMPILE = compileWith(['platform', 'kubernetes', 'routing-table']);
const COMPILE_ALL = compileWith([]);

/** What stock cdk8s takes for the objects that our compile wrote; the code that asks it is not part of what we build. */
const stock = (way: Way): string => `
  const { tsImport } = await import('tsx/esm/api');
  const { synthesize } = await tsImport('./scripts/bench/stock/synth.ts', 'file://${REPOSITORY}/');
  return synthesize(argument, '${way}');`;

/**
 * How a team may write them down, and what is asked of a compile against it. The target is for constructs, which are what
 * stock cdk8s is used with. The others are told without one: values that somebody else has finished are the least that
 * stock can be given, and references made once for all charts the least that we found a team could do by hand.
 */
const STOCK: readonly (readonly [Way, says: string, target?: Target])[] = [
  [
    'constructs',
    "constructs of cdk8s-plus-27 in charts whole in themselves, as in cdk8s's documentation",
    { least: 10 },
  ],
  ['shared constructs', 'the same, what all charts refer to made once for the App'],
  ['values', 'finished values, an ApiObject each'],
];

const { row, print } = figures();

function several(times: number, run: (round: number) => Measured): Measured {
  const runs = Array.from({ length: times }, (_, round) => run(round));
  const last = runs.at(-1) as Measured;
  return {
    wallMs: median(runs.map(({ wallMs }) => wallMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    kernelMs: median(runs.map(({ kernelMs }) => kernelMs)),
    peakMb: median(runs.map(({ peakMb }) => peakMb)),
    value: last.value,
  };
}

const roots: string[] = [STATE];

/** A folder with a spec of so many fleets. */
function company(fleets: number): string {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-bench-'));
  roots.push(root);
  makeSpec(root, fleets);
  return root;
}

/**
 * First compiles, each in a folder of its own, and nothing is removed before the end: for minutes after files were
 * removed, an ext4 without a journal looks past each of them whenever it makes a new one.
 */
function cold(fleets: number, code = COMPILE): Measured {
  return several(3, () => measure(code, company(fleets)));
}

try {
  const twice = cold(2000);
  const once = cold(1000);
  const { objects } = once.value as { objects: number };
  row('1,000 fleets, first compile', once.wallMs, 'ms wall');
  row('  processor', once.cpuMs / 1000, 'ms CPU per fleet', { most: 3 });
  row('  of it in the kernel', once.kernelMs / 1000, 'ms CPU per fleet');
  row('  memory', once.peakMb, 'MB at its peak', { most: 250 });
  row('  objects', objects, 'objects');
  row('2,000 fleets against 1,000', twice.cpuMs / once.cpuMs, 'times the CPU', { most: 2.2 });

  const root = roots.at(-1) as string;
  measure(COMPILE, root);
  const nothing = several(7, () => measure(COMPILE, root));
  if (!(nothing.value as { unchanged: boolean }).unchanged)
    throw new Error('a run without a change compiled something');
  row('1,000 fleets, no change', nothing.wallMs, 'ms wall', { most: 150 });
  row('  processor', nothing.cpuMs, 'ms CPU');
  const changed = several(7, (round) => {
    changeOneFleet(root, 5 + round);
    return measure(COMPILE, root);
  });
  row('1,000 fleets, one changed', changed.wallMs, 'ms wall', { most: 400 });
  row('  processor', changed.cpuMs, 'ms CPU');
  row('  files written', (changed.value as { written: number }).written, 'files');

  const all = cold(1000, COMPILE_ALL);
  row('1,000 fleets, every target, first compile', all.wallMs, 'ms wall');
  row('  processor', all.cpuMs / 1000, 'ms CPU per fleet', { most: 10 });
  row('  memory', all.peakMb, 'MB at its peak');
  row('  objects', (all.value as { objects: number }).objects, 'objects');
  row('  2,000 fleets against 1,000', cold(2000, COMPILE_ALL).cpuMs / all.cpuMs, 'times the CPU', { most: 2.2 });

  row('stock app.synth() of the same objects, a chart for each fleet', objects, 'objects');
  for (const [way, says, target] of STOCK) {
    const { cpuMs, wallMs } = measure(stock(way), root).value as Synthesized;
    row(`  ${says}`, cpuMs, 'ms CPU');
    row('    against our whole compile', cpuMs / once.cpuMs, 'times the CPU', target);
    row('    against our whole compile', wallMs / once.wallMs, 'times the wall time', target);
  }

  const command = join(REPOSITORY, 'dist/compiler/cli/main.js');
  const wall = (words: readonly string[]): number =>
    median(Array.from({ length: 7 }, () => wallOf(process.execPath, [command, ...words], REPOSITORY, 0)));
  row('nova-torch check, example company', wall(['check']), 'ms wall', { most: 300 });
  row('nova-torch --version', wall(['--version']), 'ms wall', { most: 100 });
} finally {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
  print();
}
