import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext, waves } from '../../core/fleet-context.ts';
import { FLAGS_FILE, flagsName } from '../../core/names.ts';
import { flagDocument } from './document.ts';

/** The fleet's flags as a file that its agents mount. A fleet without flags has none. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  if (fleet.flags.size === 0) return [];
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    const text = JSON.stringify(
      flagDocument(fleet, (value) => value),
      null,
      2,
    );
    add(k8s.KubeConfigMap, {
      metadata: context.metadata(flagsName(fleet.name), waves.access),
      data: { [FLAGS_FILE]: context.from(`${text}\n`, 'flags') },
    });
  });
  return [{ path: `teams/${fleet.id}/flags.yaml`, kind: 'manifests', manifests }];
}
