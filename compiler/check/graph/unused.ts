import type { Report } from '../../diagnostics/report.ts';
import type { Subject } from '../rule.ts';

/** What is written down is used by somebody, in one environment at least. */
export function unused({ model, spec }: Subject, report: Report): void {
  if (spec.broken.size > 0) return;
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
