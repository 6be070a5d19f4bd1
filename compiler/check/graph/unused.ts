import type { Model } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { LoadedSpec } from '../../load/document.ts';
import type { Subject } from '../rule.ts';

/** What is written down is used by somebody, in one environment at least. */
export function unused({ model, spec }: Subject, report: Report): void {
  // Where something is missing, that may be what uses it.
  if (spec.broken.size > 0 || model.environments.length === 0 || hasFleetWithoutTeam(model, spec)) return;
  const providers = new Set<string>();
  const tools = new Set<string>();
  for (const environment of model.environments) {
    for (const fleet of environment.fleets.values()) {
      for (const { facts } of fleet.providers) providers.add(facts.name);
      for (const name of fleet.tools.keys()) tools.add(name);
    }
  }
  for (const document of spec.documents) {
    const at = { document, path: ['metadata', 'name'] };
    if (document.kind === 'Provider' && !providers.has(document.name))
      report('NT2051', at, { kind: 'provider', name: document.name });
    if (document.kind === 'ToolServer' && !tools.has(document.name))
      report('NT2051', at, { kind: 'tool server', name: document.name });
  }
}

/** Fleets of a folder without a Team are nowhere, and why was said. */
function hasFleetWithoutTeam(model: Model, spec: LoadedSpec): boolean {
  const [first] = model.environments;
  return spec.documents.some(({ kind, team }) => kind === 'Fleet' && first?.teams.has(team ?? '') === false);
}
