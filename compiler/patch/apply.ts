import type { JsonObject } from '../../spec/contract/source.ts';
import type { UnitContext } from '../compile.ts';
import type { Manifest } from '../core/artifact.ts';
import type { PatchModel, PatchOperation } from '../core/model.ts';
import type { Origin } from '../core/origin.ts';
import type { Report } from '../diagnostics/report.ts';
import { guardedChange } from './guard.ts';
import { applyOperation } from './operations.ts';
import { valueAt } from './pointer.ts';
import { notRestricted } from './restricted.ts';

/** Days ahead within which a patch should end. */
const DAYS_MAX = 180;

/** Applies the patches of a unit to its objects, in the order of their names. What cannot be applied is reported. */
export function applyPatches(
  { environment, unit, today, report }: UnitContext,
  manifests: readonly Manifest[],
): readonly Manifest[] {
  const patches = environment.patches.filter(({ fleet }) => `teams/${fleet}` === unit);
  return patches.reduce((objects, patch) => applyPatch(patch, objects, today, report), manifests);
}

function applyPatch(
  patch: PatchModel,
  manifests: readonly Manifest[],
  today: string,
  report: Report,
): readonly Manifest[] {
  if (daysBetween(today, patch.expires) > DAYS_MAX)
    report('NT3051', patch.from(['expires']), { patch: patch.id, days: DAYS_MAX });
  const targets = manifests.filter(({ value }) => isTarget(patch, value));
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    const kinds = [...new Set(manifests.map(({ value }) => `\`${String(value['kind'])}\``))].join(', ');
    const found = targets.length === 0 ? 'no object' : `${targets.length} objects`;
    report(
      'NT3052',
      patch.from(['target']),
      { patch: patch.id, found },
      { notes: [`the fleet has objects of the kinds ${kinds}`] },
    );
    return manifests;
  }
  const patched = applyOperations(patch, target, report);
  return manifests.map((manifest) => (manifest === target ? patched : manifest));
}

function isTarget({ target }: PatchModel, value: Manifest['value']): boolean {
  const metadata = value['metadata'] as { readonly name?: string };
  return value['kind'] === target.kind && (target.name === undefined || metadata.name === target.name);
}

function applyOperations(patch: PatchModel, target: Manifest, report: Report): Manifest {
  let manifest = target;
  const failed: string[] = [];
  for (const [index, operation] of patch.operations.entries()) {
    // What stands on an operation that failed fails with it.
    if (failed.some((path) => operation.path === path || operation.path.startsWith(`${path}/`))) continue;
    const at = patch.from(['operations', index]);
    const outcome = applyOperation(manifest.value, operation);
    if (outcome.is === 'failed') {
      failed.push(operation.path);
      report('NT3053', at, { path: operation.path, reason: outcome.reason });
    }
    if (outcome.is === 'unchanged' && operation.op !== 'test') report('NT3054', at, { path: operation.path });
    if (outcome.is !== 'changed') continue;
    const value = outcome.value as JsonObject;
    const guarded = guardedChange(manifest.value, value);
    if (guarded !== undefined) {
      failed.push(operation.path);
      report('NT3055', patch.from(['operations', index, 'path']), { field: guarded });
    } else manifest = { value, origins: originsAfter(manifest, operation, at) };
  }
  // The guard looks for what changed, this for what the cluster would refuse, such as kinds of volumes.
  for (const field of notRestricted(manifest.value)) report('NT3055', patch.at, { field });
  // Half of a patch would make what nobody wrote, and that would be refused as well.
  return failed.length > 0 ? target : manifest;
}

/**
 * The operation decides what stands at its path now; what stood below it is gone. In a list it decides the whole list: the
 * items behind it have moved.
 */
function originsAfter({ value, origins }: Manifest, { op, path }: PatchOperation, at: Origin): Map<string, Origin> {
  const parent = path.slice(0, path.lastIndexOf('/'));
  const moves = op !== 'replace' && Array.isArray(valueAt(value, parent));
  const decided = moves ? parent : path;
  const kept = [...origins].filter(([pointer]) => !pointer.startsWith(`${decided}/`));
  return new Map([...kept, [decided, at]]);
}

/** Days from one calendar day to another. */
function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}
