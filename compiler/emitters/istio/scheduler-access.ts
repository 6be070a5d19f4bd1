import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { namespaces, pods, ports } from '../../core/names.ts';
import { fleetPrincipal } from './identity.ts';
import { kinds } from './kinds.ts';

/** A fleet may call the scheduler. It stands with the platform's objects: a team must not be able to let others in. */
export function addSchedulerAccess(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(kinds.authorizationPolicy, {
    metadata: { ...context.metadata(fleet.namespace, waves.mesh), namespace: namespaces.system },
    spec: {
      selector: { matchLabels: { ...pods.scheduler } },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: [fleetPrincipal(fleet.environment, fleet)] } }],
          to: [{ operation: { ports: [String(ports.scheduler)] } }],
        },
      ],
    },
  });
}
