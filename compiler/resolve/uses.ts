import type { FleetModel, Node, ProviderModel, TeamModel, ToolServerModel } from '../core/model.ts';
import { sortedEntries } from './amounts.ts';
import type { EnvironmentContext } from './context.ts';
import type { FilledFleet } from './filled.ts';
import { didYouMean, findShared, isSharedBroken, nearestOrAll, sharedNames } from './references.ts';

/** What fleets of an environment refer to, by id. */
export interface SharedModels {
  readonly teams: ReadonlyMap<string, TeamModel>;
  readonly providers: ReadonlyMap<string, ProviderModel>;
  readonly toolServers: ReadonlyMap<string, ToolServerModel>;
}

/** The providers of a fleet, in its order; unknown ones are reported and left out. */
export function resolveProviders(
  names: readonly string[],
  node: Node,
  team: string,
  context: EnvironmentContext,
  shared: SharedModels,
): FleetModel['providers'] {
  return names.flatMap((name, index) => {
    const at = node.from(['providers', index]);
    const document = findShared(context, 'Provider', name, team);
    const model = document === undefined ? undefined : shared.providers.get(document.id);
    if (model !== undefined) return [{ facts: model.facts, at }];
    if (document === undefined && !isSharedBroken(context, 'Provider', name, team))
      context.report('NT2002', at, { provider: name }, nearestOrAll(name, sharedNames(context, 'Provider', team)));
    return [];
  });
}

/** The tool servers of a fleet; unknown servers and tools that a server does not offer are reported. */
export function resolveTools(
  spec: FilledFleet['tools'],
  node: Node,
  team: string,
  context: EnvironmentContext,
  shared: SharedModels,
): FleetModel['tools'] {
  const known = new Map<string, { facts: ToolServerModel['facts']; allow: readonly string[]; at: Node['at'] }>();
  for (const [name, { allow }] of sortedEntries(spec)) {
    const at = node.from(['tools', name], 'key');
    const document = findShared(context, 'ToolServer', name, team);
    const model = document === undefined ? undefined : shared.toolServers.get(document.id);
    if (model === undefined) {
      if (document === undefined && !isSharedBroken(context, 'ToolServer', name, team))
        context.report('NT2003', at, { server: name }, nearestOrAll(name, sharedNames(context, 'ToolServer', team)));
      continue;
    }
    checkAllowed(name, allow, model, node, context);
    known.set(name, { facts: model.facts, allow, at });
  }
  return known;
}

function checkAllowed(
  server: string,
  allow: readonly string[],
  { facts, from }: ToolServerModel,
  node: Node,
  context: EnvironmentContext,
): void {
  allow.forEach((tool, index) => {
    if (facts.tools.includes(tool)) return;
    const related = [{ message: 'the tools it offers are here', at: from(['tools'], 'key') }];
    const details = { ...didYouMean(tool, facts.tools), related };
    context.report('NT2004', node.from(['tools', server, 'allow', index]), { server, tool }, details);
  });
}
