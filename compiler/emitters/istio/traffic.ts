import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import type { FleetModel } from '../../core/model.ts';
import { canaryService, namespaces } from '../../core/names.ts';
import { serviceHost } from './identity.ts';
import { kinds } from './kinds.ts';
import type { TrafficPolicy } from './kinds.ts';
import { isCalled, splitsTraffic } from '../../core/mesh-calls.ts';

/** How callers reach a fleet: how many calls at once, which agent, and when an agent is left alone for a while. */
export function addDestinationRules(add: Add, context: FleetContext): void {
  const { fleet } = context;
  if (!isCalled(fleet)) return;
  const names = [fleet.name, ...(splitsTraffic(fleet) ? [canaryService(fleet.name)] : [])];
  for (const name of names) {
    add(kinds.destinationRule, {
      metadata: context.metadata(name, waves.mesh),
      spec: {
        host: serviceHost(fleet.namespace, name),
        exportTo: callersOf(fleet),
        trafficPolicy: trafficPolicy(context),
      },
    });
  }
}

/** The namespaces that may see how a fleet is reached: its own, and those of its callers. */
export function callersOf({ agent, calledBy }: FleetModel): string[] {
  const callers = calledBy.map(({ from }) => from.namespace).sort();
  return ['.', ...(agent.delivery === 'push' ? [namespaces.system] : []), ...callers];
}

function trafficPolicy(context: FleetContext): TrafficPolicy {
  const { fleet, from } = context;
  // All agents at their most: whoever sends more would only wait inside the proxy, unseen by the queue.
  const atOnce = from(fleet.agent.slots * fleet.scale.max, 'scale', 'max');
  return {
    // In ambient mode the tunnel encrypts; TLS inside it would be done twice.
    ...(fleet.environment.mesh === 'sidecar' ? { tls: { mode: 'ISTIO_MUTUAL' } } : {}),
    // Agents are not alike busy: the next task goes to one that has little to do, and to a new one only slowly.
    loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '30s' } },
    connectionPool: {
      tcp: {
        maxConnections: atOnce,
        connectTimeout: '1s',
        tcpKeepalive: { time: '60s', interval: '15s', probes: 3 },
      },
      http: {
        http1MaxPendingRequests: atOnce,
        http2MaxRequests: atOnce,
        maxRequestsPerConnection: 0,
        idleTimeout: '300s',
        ...(hasRetryBudget(fleet) ? {} : { maxRetries: 3 }),
      },
    },
    outlierDetection: {
      splitExternalLocalOriginErrors: true,
      consecutiveLocalOriginFailures: 3,
      consecutiveGatewayErrors: 3,
      consecutive5xxErrors: 5,
      interval: '5s',
      baseEjectionTime: '30s',
      maxEjectionPercent: 30,
      // When most agents fail it is not the agents: leaving them out would only take the rest down.
      minHealthPercent: 40,
    },
    ...(hasRetryBudget(fleet) ? { retryBudget: { percent: 20, minRetryConcurrency: 3 } } : {}),
  };
}

/**
 * Repeated calls as a share of all calls. The field came into the language of the mesh about when 1.28 did, and a version
 * that does not know a field drops it in silence: from 1.29 on it is there for certain.
 */
function hasRetryBudget({ environment }: FleetModel): boolean {
  return Number(environment.istio.split('.')[1]) >= 29;
}
