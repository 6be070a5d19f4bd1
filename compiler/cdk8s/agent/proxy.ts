import { hasWaypoint } from '../../core/mesh-calls.ts';
import type { FleetModel } from '../../core/model.ts';

/** What the mesh's proxy takes beside an agent. */
export interface ProxyResources {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly ephemeralBytes: number;
}

const MIB = 2 ** 20;
const SIDECAR: ProxyResources = {
  cpuMillis: 100,
  memoryBytes: 128 * MIB,
  memoryLimitBytes: 512 * MIB,
  // It asks for none; the LimitRange of the namespace gives it this.
  ephemeralBytes: 64 * MIB,
};
const NONE: ProxyResources = { cpuMillis: 0, memoryBytes: 0, memoryLimitBytes: 0, ephemeralBytes: 0 };

/**
 * The proxy in each pod of a fleet: it counts against the quota of the namespace. In ambient mode the node has one for all.
 */
export function proxyOf({ environment }: FleetModel): ProxyResources {
  return environment.mesh === 'sidecar' ? SIDECAR : NONE;
}

/** Annotations that give the proxy these resources, so that the quota holds whatever the mesh gives by default. */
export function proxyAnnotations({ environment }: FleetModel): Record<string, string> {
  if (environment.mesh !== 'sidecar') return {};
  return {
    'sidecar.istio.io/proxyCPU': `${SIDECAR.cpuMillis}m`,
    'sidecar.istio.io/proxyMemory': `${SIDECAR.memoryBytes / MIB}Mi`,
    'sidecar.istio.io/proxyMemoryLimit': `${SIDECAR.memoryLimitBytes / MIB}Mi`,
  };
}

/** Two, and one more while they are replaced. */
const WAYPOINT_PODS = 3;

/** What the waypoint of an ambient namespace takes, all its pods together: as large as a proxy beside an agent. */
export function waypointOf(fleet: FleetModel): ProxyResources & { readonly pods: number } {
  const pods = hasWaypoint(fleet) ? WAYPOINT_PODS : 0;
  return {
    pods,
    cpuMillis: pods * SIDECAR.cpuMillis,
    memoryBytes: pods * SIDECAR.memoryBytes,
    memoryLimitBytes: pods * SIDECAR.memoryLimitBytes,
    ephemeralBytes: pods * SIDECAR.ephemeralBytes,
  };
}
