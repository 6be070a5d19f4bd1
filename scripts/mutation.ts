import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parse } from 'yaml';
import { caughtShare, mutateTree, readTree, type MutationResult } from './mutation/mutate-tree.ts';

/**
 * `npm run mutation -- prod`: breaks every field of the generated manifests and counts what `nova-torch verify` catches. Without
 * environments, all of them. Ends with 1 below the floor.
 */
const FLOOR = 0.97;
const ROOT = resolve(import.meta.dirname, '..');

const chosen = process.argv.slice(2);
for (const environment of chosen.length > 0 ? chosen : ['dev', 'staging', 'prod']) {
  const result = mutateTree(readTree(join(ROOT, 'generated', environment)), versionOf(environment));
  print(environment, result);
  if (caughtShare(result) < FLOOR) process.exitCode = 1;
}

function versionOf(environment: string): string {
  const text = readFileSync(join(ROOT, 'spec/environments', `${environment}.yaml`), 'utf8');
  const { spec } = parse(text) as { readonly spec: { readonly platform: { readonly kubernetes: string } } };
  return spec.platform.kubernetes;
}

function print(environment: string, result: MutationResult): void {
  for (const [place, count] of byPlace(result)) console.log(`  ${place}${count > 1 ? `  (${count} times)` : ''}`);
  for (const [kind, { mutants, survivors }] of [...result.kinds].sort((a, b) => b[1].survivors - a[1].survivors)) {
    const share = mutants === 0 ? 100 : 100 - (100 * survivors) / mutants;
    console.log(`${kind.padEnd(26)} ${String(mutants).padStart(6)} ${share.toFixed(1).padStart(6)} %`);
  }
  const share = (100 * caughtShare(result)).toFixed(2);
  const { objects, mutants, survivors } = result;
  console.log(`${environment}: ${mutants - survivors.length} of ${mutants} caught (${share} %), ${objects} objects`);
}

/** Survivors that stand at the same place of the same kind, most first. */
function byPlace({ survivors }: MutationResult): readonly (readonly [place: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { kind, place, change } of survivors) {
    const name = `${change} ${kind} ${place.replace(/\/\d+(?=\/|$)/g, '/*')}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
