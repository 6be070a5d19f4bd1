import type { Silence } from '../compile.ts';
import type { EnvironmentModel, FleetModel, Model } from '../core/model.ts';
import type { Asked } from './fleet-check.ts';

/** The fleets to ask about. `keep` is called when every rule was asked. A fleet with a problem is asked about each time. */
export function askedFleets(model: Model, silence?: Silence): { readonly asked: Asked; readonly keep: () => void } {
  const fleets = new Map<EnvironmentModel, readonly FleetModel[]>();
  for (const environment of model.environments) {
    const unknown = [...environment.fleets.values()].filter((fleet) => silence?.isKnown(environment, fleet) !== true);
    fleets.set(environment, unknown);
  }
  const spoken = new Set<FleetModel>();
  return {
    asked: { of: (environment) => fleets.get(environment) ?? [], spoke: (fleet) => spoken.add(fleet) },
    keep: () => {
      for (const [environment, asked] of fleets)
        for (const fleet of asked) if (!spoken.has(fleet)) silence?.keep(environment, fleet);
    },
  };
}
