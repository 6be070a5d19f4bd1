import type { Span } from '../../../spec/contract/source.ts';
import type { UnitFacts } from '../../closure/facts.ts';
import { podsOf, proveGraph } from '../../closure/prove.ts';
import { gapsIn } from '../../closure/refused.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Objects that every namespace has without anybody making them. */
const EVERYWHERE = /^(?:ServiceAccount [^/]*\/default|ConfigMap [^/]*\/(?:kube-root-ca\.crt|istio-ca-root-cert))$/;

/**
 * Proves the objects of a tree as one graph. A tree may be a part of what a cluster holds: only where it makes the namespace
 * itself is a pod or an object missing that it does not hold. Secrets come from elsewhere as a rule.
 */
export function proveTree(
  units: ReadonlyMap<string, UnitFacts>,
  spanOf: (unit: string, field: string) => Span,
  report: Report,
): void {
  const namespaces = new Set([...units.values()].flatMap((facts) => facts.namespaces));
  const made = [...units.values()].flatMap(({ references }) => references.map(({ to }) => to));
  proveGraph(
    {
      units,
      pods: podsOf(units),
      namespaces,
      external: new Set(made.filter((object) => EVERYWHERE.test(object))),
      placeOf: (unit, [field = '']) => spanOf(unit, String(field)),
      podsMaxOf: () => undefined,
      isComplete: (namespace, kind) => namespaces.has(namespace) && kind !== 'Secret',
      hasGap: gapsIn(units.values()),
    },
    report,
  );
}
