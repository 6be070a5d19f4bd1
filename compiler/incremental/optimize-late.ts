import { setFlagsFromString } from 'node:v8';

/** How much of a function has to run before V8 spends time on it; Node 20 begins with a seventh of it. */
const BUDGET = 1_000_000;

/**
 * Lets V8 optimise only what runs for long. A compile ends before most of that work has paid: it took a quarter of all
 * processor time, and a third with every target. Only for Node 20: its successors have a fast compiler in between, and no
 * such setting.
 */
export function optimizeLate(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}
