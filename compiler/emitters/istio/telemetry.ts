import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { mesh } from '../../core/names.ts';
import { kinds } from './kinds.ts';
import type { TelemetrySpec } from './kinds.ts';
import { hasWaypoint } from '../../core/mesh-calls.ts';

type Level = FleetContext['fleet']['observe']['logs'];

/**
 * Which calls are written down, by the level of the fleet's own logs. `debug` writes all. What is no HTTP, or broke off
 * before an answer, has no code; then the proxy's own flags say whether it went wrong.
 */
const WRITTEN: Readonly<Record<Exclude<Level, 'debug'>, string>> = {
  info: 'has(response.code) ? response.code >= 400 : response.flags != 0',
  warn: 'has(response.code) ? response.code >= 500 : response.flags != 0',
  error: 'has(response.code) && response.code >= 500',
};

/** What the mesh records of a fleet's calls. In ambient mode only a waypoint can: without one there is nothing to say. */
export function addTelemetry(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const ambient = fleet.environment.mesh === 'ambient';
  if (ambient && !hasWaypoint(fleet)) return;
  const percent = Math.round(fleet.observe.tracesShare * 10_000) / 100;
  const waypoint = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: mesh.waypoint };
  add(kinds.telemetry, {
    metadata: context.metadata('fleet', waves.mesh),
    spec: {
      ...(ambient ? { targetRefs: [waypoint] } : {}),
      tracing: [
        {
          providers: [{ name: mesh.tracing }],
          randomSamplingPercentage: from(percent, 'observe', 'traces'),
          customTags: {
            'nova_torch.team': { literal: { value: fleet.team.name } },
            'nova_torch.fleet': { literal: { value: fleet.id } },
          },
        },
      ],
      accessLogging: accessLogging(context),
    },
  });
}

function accessLogging({ fleet, from }: FleetContext): TelemetrySpec['accessLogging'] & {} {
  const { logs } = fleet.observe;
  const filter = logs === 'debug' ? {} : { filter: { expression: from(WRITTEN[logs], 'observe', 'logs') } };
  return [{ providers: [{ name: mesh.accessLog }], ...filter }];
}
