import type { Patch } from '../../spec/contract/generated/types.ts';
import type { PatchModel, PatchOperation } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import type { EnvironmentContext } from './context.ts';
import { nodeOf } from './layers.ts';
import { findFleet } from './references.ts';
import { teamOf } from './context.ts';

/** A patch in one environment; nothing where it does not count or its fleet does not exist. */
export function resolvePatch(document: SpecDocument<Patch>, context: EnvironmentContext): PatchModel | undefined {
  const { spec } = document.value;
  if (spec.environments?.includes(context.environment) === false) return undefined;
  const node = nodeOf(document, [{ document, base: ['spec'], value: spec }]);
  const fleet = findFleet(context, spec.fleet, teamOf(document), node.from(['fleet']));
  if (fleet === undefined) return undefined;
  return {
    ...node,
    id: document.id,
    name: document.name,
    team: teamOf(document),
    fleet,
    target: spec.target,
    owner: spec.owner,
    reason: spec.reason,
    expires: spec.expires,
    operations: spec.operations as readonly PatchOperation[],
  };
}
