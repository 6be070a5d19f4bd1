import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { collector } from '../../compiler/diagnostics/report.ts';
import { manifestSchemas } from '../../compiler/verify/schema/schemas.ts';
import { readObjects, type TreeObject } from '../../compiler/verify/tree/tree-object.ts';
import { verifyObjects } from '../../compiler/verify/tree/verify-tree.ts';
import { verifyObject } from '../../compiler/verify/verify-object.ts';
import { minorOf } from '../../compiler/verify/versions.ts';
import { mutantsOf, type Mutant } from './mutants.ts';

/** What became of all mutants of a tree. */
export interface MutationResult {
  readonly objects: number;
  readonly mutants: number;
  /** By kind: how many there were, and how many nobody caught. */
  readonly kinds: ReadonlyMap<string, { readonly mutants: number; readonly survivors: number }>;
  readonly survivors: readonly { readonly kind: string; readonly place: string; readonly change: Mutant['change'] }[];
}

/** The manifests below a folder, in the order of their paths. */
export function readTree(folder: string): readonly TreeObject[] {
  const { report, diagnostics } = collector();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const objects = paths
    .sort()
    .flatMap((path) => readObjects({ path, text: readFileSync(join(folder, path), 'utf8') }, report).objects);
  if (objects.length === 0 || diagnostics.length > 0) throw new Error(`${folder} cannot be read`);
  return objects;
}

/**
 * Breaks the objects of a tree field by field, and counts what `nova-torch verify` says of each. `choose` takes a part of them;
 * whatever an object's own schema lets through is judged together with all the others, as a tree is.
 */
export function mutateTree(
  objects: readonly TreeObject[],
  kubernetes: string,
  choose: () => boolean = () => true,
): MutationResult {
  const pool = manifestSchemas();
  const minor = minorOf(kubernetes);
  const kinds = new Map<string, { mutants: number; survivors: number }>();
  const survivors: MutationResult['survivors'][number][] = [];
  let mutants = 0;
  for (const object of objects) {
    const kind = String(object.value['kind']);
    const counts = kinds.get(kind) ?? { mutants: 0, survivors: 0 };
    kinds.set(kind, counts);
    for (const mutant of mutantsOf(object.value, pool)) {
      if (!choose()) continue;
      mutants += 1;
      counts.mutants += 1;
      if (verifyObject(mutant.value, minor, pool).length > 0) continue;
      const tree = objects.map((other) => (other === object ? { ...object, value: mutant.value } : other));
      if (!isSound(tree, minor)) continue;
      counts.survivors += 1;
      survivors.push({ kind, place: mutant.place, change: mutant.change });
    }
  }
  return { objects: objects.length, mutants, kinds, survivors };
}

export function isSound(tree: readonly TreeObject[], minor: number): boolean {
  const { report, diagnostics } = collector();
  verifyObjects(tree, minor, report);
  return !diagnostics.some(({ severity }) => severity === 'error');
}

export function caughtShare({ mutants, survivors }: Pick<MutationResult, 'mutants' | 'survivors'>): number {
  return mutants === 0 ? 0 : 1 - survivors.length / mutants;
}
