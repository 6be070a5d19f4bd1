import { randomInt } from 'node:crypto';
import { realpathSync } from 'node:fs';
import process from 'node:process';
import { chaosText } from '../chaos/chaos-text.ts';
import { FAULTS, possibleFaults, type Fault } from '../chaos/faults.ts';
import { ChaosRefused } from '../chaos/refused.ts';
import { keptAllPromises, runChaos, type ChaosReport } from '../chaos/run-chaos.ts';

export interface ChaosQuestion {
  /** File of the command that schedulers are started from; the one that runs when absent. */
  readonly command?: string;
  /** Drawn when absent. */
  readonly seed?: number;
  readonly durationMs: number;
  readonly drainMs: number;
  readonly perSecond: number;
  /** Kinds, or the part before the colon; all when empty. */
  readonly faults: readonly string[];
  readonly schedulers: number;
  readonly agents: number;
  readonly store?: string;
  readonly lyingDisks: boolean;
  readonly smallDisks: boolean;
  readonly mirrored: boolean;
  readonly stop: AbortSignal;
  readonly onSeed: (seed: number) => void;
  readonly onFault: (says: string) => void;
}

export type ChaosAnswer =
  | { readonly kind: 'report'; readonly report: ChaosReport; readonly lines: readonly string[]; readonly kept: boolean }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Breaks a system that it starts itself. */
export async function chaosRun(question: ChaosQuestion): Promise<ChaosAnswer> {
  const { faults: wanted, store, lyingDisks, onFault, onSeed, ...options } = question;
  const faults = wanted.length === 0 ? FAULTS : FAULTS.filter(({ kind }) => wanted.some((one) => names(one, kind)));
  const stray = wanted.find((one) => !FAULTS.some(({ kind }) => names(one, kind)));
  if (stray !== undefined) {
    return { kind: 'refused', message: `there is no fault \`${stray}\``, hint: `there are ${kindsOf(FAULTS)}` };
  }
  const possible = possibleFaults(faults, question.mirrored);
  if (possible.length === 0) {
    return { kind: 'refused', message: 'these faults are of mirrors, and there are none', hint: 'add --mirrored' };
  }
  if (question.mirrored && question.schedulers < 2) {
    return { kind: 'refused', message: 'a mirror is at another scheduler', hint: 'start two with --schedulers 2' };
  }
  const { seed = randomInt(1, 2 ** 31), command = realpathSync(process.argv[1] ?? '') } = question;
  onSeed(seed);
  try {
    const report = await runChaos({
      ...options,
      command,
      seed,
      faults: possible,
      ...(store !== undefined && { store }),
      ...(lyingDisks && { lyingDisks: true }),
      onFault: ({ kind, index, fromMs, toMs }) =>
        onFault(`${(fromMs / 1000).toFixed(1)} s  ${kind} ${index}  ${((toMs - fromMs) / 1000).toFixed(1)} s`),
    });
    return { kind: 'report', report, lines: chaosText(report, possible), kept: keptAllPromises(report) };
  } catch (error) {
    if (!(error instanceof ChaosRefused)) throw error;
    return { kind: 'refused', message: error.message, hint: error.hint };
  }
}

function names(wanted: string, kind: string): boolean {
  return wanted === kind || kind.startsWith(`${wanted}:`);
}

function kindsOf(faults: readonly Fault[]): string {
  return faults.map(({ kind }) => kind).join(', ');
}
