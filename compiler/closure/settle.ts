import { namespaces } from '../core/names.ts';
import { covers } from './facts.ts';
import type { Labels, PortFacts, UnitFacts } from './facts.ts';

/**
 * What is left to prove about a unit when its own objects were looked at: nobody needs to remember the rest, or to look
 * again with every compile.
 *
 * - A selector that finds a pod of its own unit has found one whatever other units hold.
 * - A name of an object of its own unit leads somewhere.
 * - A port that all selected pods of its own unit have must be on those of others too: one use of it stands for all.
 * - A way to or from the platform is none between fleets, and only those are compared with the spec.
 */
export function unsettled(facts: UnitFacts): UnitFacts {
  const own = new Set(facts.objects);
  const podsWith = (namespace: string, labels: Labels) =>
    facts.pods.filter((pod) => pod.namespace === namespace && covers(labels, pod.labels));
  return {
    ...facts,
    selectors: facts.selectors.filter(({ namespace, labels }) => podsWith(namespace, labels).length === 0),
    references: facts.references.filter(({ to }) => !own.has(to)),
    ports: onceEach(facts.ports, ({ namespace, labels, port }) =>
      podsWith(namespace, labels).every(({ ports }) =>
        ports.some(({ name, number }) => name === port || number === port),
      ),
    ),
    flows: facts.flows.filter(({ peerNamespace }) => !PLATFORM.has(peerNamespace)),
  };
}

/** Namespaces that no fleet has. */
const PLATFORM: ReadonlySet<string> = new Set([...Object.values(namespaces), 'kube-system']);

/** All ports that do not hold, and of those that do the first of each kind. */
function onceEach(ports: readonly PortFacts[], holds: (port: PortFacts) => boolean): PortFacts[] {
  const seen = new Set<string>();
  return ports.filter((fact) => {
    if (!holds(fact)) return true;
    const { namespace, labels, port } = fact;
    const kind = JSON.stringify([namespace, labels, port]);
    return !seen.has(kind) && seen.add(kind);
  });
}
