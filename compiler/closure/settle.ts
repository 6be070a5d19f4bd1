import { covers } from './facts.ts';
import type { UnitFacts } from './facts.ts';

/**
 * What is left to prove about a unit when its own objects were looked at. A selector that finds a pod of its own unit has
 * found one whatever other units hold, and a name of an object of its own unit leads somewhere: nobody needs to remember
 * them, or to look again with every compile. A port stays: it must be there on the pods of all units.
 */
export function unsettled(facts: UnitFacts): UnitFacts {
  const own = new Set(facts.objects);
  return {
    ...facts,
    selectors: facts.selectors.filter(
      ({ namespace, labels }) => !facts.pods.some((pod) => pod.namespace === namespace && covers(labels, pod.labels)),
    ),
    references: facts.references.filter(({ to }) => !own.has(to)),
  };
}
