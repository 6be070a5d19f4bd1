import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, those first that take longest of all. On a fresh clone vitest knows nothing of a file but its size
 * and begins with the largest; but what takes long is rarely large: it would begin last, and run while another processor has
 * nothing to do. Whatever takes about twenty seconds has its place here. `npx vitest run --reporter=json` says how long each took.
 */
export const LONGEST: readonly string[] = [
  'runtime/simulation/mutants.test.ts',
  'runtime/simulation/simulation.test.ts',
  'compiler/incremental/determinism.test.ts',
  'compiler/compile.property.test.ts',
  'runtime/chaos/chaos.test.ts',
  'runtime/store/dragonfly/lua-mutants.test.ts',
  'runtime/conform/conform.test.ts',
  'compiler/emitters/prometheus/promtool.test.ts',
  'runtime/main/serve.test.ts',
  'runtime/loops/schedules.test.ts',
  'scripts/hostile/hostile.property.test.ts',
  'runtime/store/model-kill.test.ts',
  'runtime/simulation/real-lua.test.ts',
  'runtime/loops/schedule-fields.test.ts',
  'runtime/store/dragonfly/lua54.test.ts',
  'runtime/journal/file-journal.test.ts',
  'compiler/incremental/edits.property.test.ts',
  'runtime/chaos/cut-off.test.ts',
];

/** In the given order, but the longest before all others. */
export function longestFirst<Entry>(entries: readonly Entry[], pathOf: (entry: Entry) => string): Entry[] {
  const rank = (entry: Entry): number => {
    const place = LONGEST.indexOf(pathOf(entry));
    return place === -1 ? LONGEST.length : place;
  };
  return entries.toSorted((left, right) => rank(left) - rank(right));
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { cache, config } = this.ctx;
    const path = ({ moduleId }: TestSpecification): string => relative(config.root, moduleId);
    const sorted = await super.sort(files);
    // Of files that have run here before vitest knows how long they took, and which of them failed.
    const areKnown = files.every(
      (file) => cache.getFileTestResults(`${file.project.name}:${path(file)}`) !== undefined,
    );
    return areKnown ? sorted : longestFirst(sorted, path);
  }
}
