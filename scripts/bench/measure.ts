import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** What a process of its own took: from its start to its end, and what it said about itself. */
export interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Of these, in the kernel: most of a first compile's go into making thousands of files. */
  readonly kernelMs: number;
  readonly peakMb: number;
  /** What the script returned. */
  readonly value: unknown;
}

const DIST = resolve(import.meta.dirname, '../../dist');

/**
 * Runs a script against the built code in a process of its own. `script` is the body of an async function; `load(path)`
 * imports a built module. The figures are those of the process, its start included.
 */
export function measure(script: string, argument: unknown): Measured {
  const program = `
    const load = (path) => import('file://${DIST}/' + path);
    const value = await (async (argument) => { ${script} })(${JSON.stringify(argument)});
    const { user, system } = process.cpuUsage();
    const peakMb = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ cpuMs: (user + system) / 1000, kernelMs: system / 1000, peakMb, value }));`;
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  const wallMs = performance.now() - start;
  if (status !== 0) throw new Error(`a measured process failed:\n${stderr}`);
  return { wallMs, ...(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<Measured, 'wallMs'>) };
}

/** Wall time of a command, from its start to its end. */
export function wallOf(command: string, words: readonly string[], cwd: string, wanted: number): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  if (status !== wanted) throw new Error(`${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return performance.now() - start;
}

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
