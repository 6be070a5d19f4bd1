import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EQUIVALENT, MUTANTS, SHOWN_BY_A_JOURNAL } from '../runtime/simulation/mutants.ts';
import { RARE, REACHED } from '../runtime/simulation/reached.ts';
import { simulate } from '../runtime/simulation/simulate.ts';

/**
 * The whole scheduler under many seeds, on all processors. Ends with 1 when a promise was broken, and names the seed: the same
 * seed breaks it again.
 *
 *     npm run simulate -- --seeds 7500 --from 1
 *     npm run simulate -- --replay 1265 --lines 500
 *     npm run simulate -- --mutants
 */
interface Slice {
  readonly from: number;
  readonly to: number;
}

interface Report {
  readonly seeds: number;
  readonly accepted: number;
  readonly completed: number;
  readonly hours: number;
  readonly reached: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

const SLICE = 250;
const MUTANT_SEEDS_MAX = 2000;
/** With so many seeds everything must have happened. */
const REACH_SEEDS = 500;

/** A process that was started for a slice says what came of it. */
if (process.send === undefined) await main();
else process.once('message', (slice) => void run(slice as Slice).then((report) => process.send?.(report)));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '7500' },
      from: { type: 'string', default: '1' },
      replay: { type: 'string' },
      lines: { type: 'string', default: '200' },
      mutants: { type: 'boolean', default: false },
    },
  });
  if (values.replay !== undefined) await replay(Number(values.replay), Number(values.lines));
  else if (values.mutants) await plantAll();
  else await runAll(Number(values.from), Number(values.seeds));
}

async function replay(seed: number, lines: number): Promise<void> {
  const { recent, violations, trace } = await simulate(seed, { recentMax: lines });
  for (const line of [...recent, ...violations, `trace ${trace}`]) console.log(line);
  if (violations.length > 0) process.exitCode = 1;
}

/** Each planted bug until a seed finds it. */
async function plantAll(): Promise<void> {
  let found = 0;
  const planted = Object.entries(MUTANTS).filter(([name]) => !SHOWN_BY_A_JOURNAL.includes(name));
  for (const [name, mutant] of planted) {
    let violations: readonly string[] = [];
    let seed = 0;
    while (violations.length === 0 && seed < MUTANT_SEEDS_MAX) {
      seed += 1;
      violations = (await simulate(seed, { mutant })).violations;
    }
    if (violations.length > 0) found += 1;
    console.log(`${violations.length > 0 ? `seed ${seed}`.padEnd(9) : 'NOT FOUND'} ${name}: ${violations[0] ?? ''}`);
  }
  for (const [name, { because }] of Object.entries(EQUIVALENT)) console.log(`harmless  ${name}: ${because}`);
  for (const name of SHOWN_BY_A_JOURNAL) console.log(`by a test ${name}`);
  console.log(`${found} of ${planted.length} planted bugs found`);
  if (found < planted.length) process.exitCode = 1;
}

async function runAll(first: number, seeds: number): Promise<void> {
  const end = first + seeds;
  const began = performance.now();
  let next = first;
  const reports: Report[] = [];
  const lane = async (): Promise<void> => {
    while (next < end) {
      const slice = { from: next, to: Math.min(end, next + SLICE) };
      next = slice.to;
      reports.push(await inChild(slice));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  print(sum(reports), (performance.now() - began) / 1000);
}

function inChild(slice: Slice): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url));
    child.once('message', (report) => {
      child.disconnect();
      resolve(report as Report);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`seeds from ${slice.from} ended with ${code}`)));
    child.send(slice);
  });
}

async function run({ from, to }: Slice): Promise<Report> {
  const results = [];
  for (let seed = from; seed < to; seed += 1) results.push(await simulate(seed));
  const reached: Record<string, number> = {};
  for (const result of results) {
    for (const [kind, count] of result.reached) reached[kind] = (reached[kind] ?? 0) + count;
  }
  return {
    seeds: results.length,
    accepted: results.reduce((total, { accepted }) => total + accepted, 0),
    completed: results.reduce((total, { completed }) => total + completed, 0),
    hours: results.reduce((total, { hours }) => total + hours, 0),
    reached,
    broken: results
      .filter(({ violations }) => violations.length > 0)
      .map(({ seed, violations }) => ({ seed, violations })),
  };
}

function sum(reports: readonly Report[]): Report {
  const reached: Record<string, number> = {};
  for (const report of reports) {
    for (const [kind, count] of Object.entries(report.reached)) reached[kind] = (reached[kind] ?? 0) + count;
  }
  const total = (of: 'seeds' | 'accepted' | 'completed' | 'hours'): number =>
    reports.reduce((so, report) => so + report[of], 0);
  return {
    seeds: total('seeds'),
    accepted: total('accepted'),
    completed: total('completed'),
    hours: total('hours'),
    reached,
    broken: reports.flatMap(({ broken }) => broken),
  };
}

function print({ seeds, accepted, completed, hours, reached, broken }: Report, seconds: number): void {
  for (const { seed, violations } of broken) {
    console.log(`seed ${seed}: ${violations.slice(0, 3).join('; ')}\n  again: npm run simulate -- --replay ${seed}`);
  }
  const missing = seeds >= REACH_SEEDS ? [...REACHED, ...RARE].filter((kind) => !(kind in reached)) : [];
  if (missing.length > 0) console.log(`never happened: ${missing.join(', ')}`);
  const faults = Object.entries(reached).filter(([kind]) => kind.startsWith('fault:'));
  const total = faults.reduce((so, [, count]) => so + count, 0);
  for (const [kind, count] of faults.sort()) console.log(`${kind.slice('fault:'.length).padEnd(20)} ${count}`);
  console.log(
    `${seeds} seeds, ${hours.toFixed(1)} virtual hours, ${total} faults, ${accepted} tasks accepted, ${completed} completed, ` +
      `${broken.length} seeds with broken promises, ${seconds.toFixed(0)} s`,
  );
  if (broken.length > 0 || missing.length > 0) process.exitCode = 1;
}
