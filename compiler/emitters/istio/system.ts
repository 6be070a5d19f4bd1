import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { namespaces, pods, ports, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { submittersOf } from '../../core/submitters.ts';
import { trace } from '../../core/trace.ts';
import { principal, serviceHost } from './identity.ts';
import { kinds } from './kinds.ts';
import type { AuthorizationRule } from './kinds.ts';

/** Namespaces that are ours as a whole. Those of the mesh and of the cluster have rules of their own. */
const CLOSED = [namespaces.system, namespaces.dragonfly, namespaces.egress];

/** Closes the platform's namespaces as the fleets' are, and says how the scheduler and the store are reached. */
export function addSystem(add: Add, context: PlatformContext): void {
  for (const namespace of CLOSED) {
    add(kinds.peerAuthentication, {
      metadata: context.metadata(namespace, 'default', waves.mesh),
      spec: { mtls: { mode: 'STRICT' } },
    });
    add(kinds.authorizationPolicy, { metadata: context.metadata(namespace, 'deny-all', waves.mesh), spec: {} });
  }
  addSchedulerRules(add, context);
  addStoreRules(add, context);
}

/** Fleets have a policy each beside this one. Whoever else submits tasks does so for a team, which names it. */
function addSchedulerRules(add: Add, context: PlatformContext): void {
  const { environment, from } = context;
  const prometheus = pods.prometheus['app.kubernetes.io/name'];
  const identity = (namespace: string, account: string) =>
    from(principal(environment.facts, namespace, account), 'trustDomain');
  add(kinds.authorizationPolicy, {
    metadata: context.metadata(namespaces.system, services.scheduler, waves.mesh),
    spec: {
      selector: { matchLabels: { ...pods.scheduler } },
      action: 'ALLOW',
      rules: [
        {
          from: [
            {
              source: {
                principals: [identity(namespaces.system, services.scheduler), ...submitterPrincipals(context)],
              },
            },
          ],
          to: [{ operation: { ports: [String(ports.scheduler)] } }],
        },
        {
          from: [{ source: { principals: [identity(namespaces.observability, prometheus)] } }],
          to: [{ operation: { ports: [String(ports.schedulerOps)] } }],
        },
        ...mirrorRules(context, identity(namespaces.system, services.scheduler)),
      ],
    },
  });
  add(kinds.destinationRule, {
    metadata: context.metadata(namespaces.system, services.scheduler, waves.mesh),
    spec: {
      host: serviceHost(namespaces.system, services.scheduler),
      trafficPolicy: {
        ...(environment.facts.mesh === 'sidecar' ? { tls: { mode: 'ISTIO_MUTUAL' } } : {}),
        loadBalancer: { simple: 'LEAST_REQUEST' },
        connectionPool: {
          tcp: { connectTimeout: '1s', tcpKeepalive: { time: '60s', interval: '15s', probes: 3 } },
          // An agent that waits for work keeps its request open: no bound here, the scheduler has its own.
          http: { maxRequestsPerConnection: 0, idleTimeout: '300s' },
        },
        outlierDetection: {
          splitExternalLocalOriginErrors: true,
          consecutiveLocalOriginFailures: 3,
          // 503 is how a scheduler says that it is busy: it must not be left alone for that.
          consecutiveGatewayErrors: 0,
          consecutive5xxErrors: 0,
          interval: '5s',
          baseEjectionTime: '10s',
          maxEjectionPercent: 50,
          minHealthPercent: 50,
        },
      },
    },
  });
}

/** Mirrors of journals hold what all teams have submitted: nobody but a scheduler sends or reads one. */
function mirrorRules({ environment, from }: PlatformContext, scheduler: string): AuthorizationRule[] {
  if (!environment.facts.scheduler.mirrored) return [];
  const port = from(String(ports.schedulerMirror), 'scheduler', 'mirror');
  return [{ from: [{ source: { principals: [scheduler] } }], to: [{ operation: { ports: [port] } }] }];
}

function submitterPrincipals({ environment }: PlatformContext): string[] {
  return submittersOf(environment).map(({ namespace, account, at }) =>
    trace(principal(environment.facts, namespace, account), at),
  );
}

/**
 * The store's connections stay open however quiet they are, and the client alone repeats commands. Its own policy, with
 * the admin port beside the mesh, is made where the store is.
 */
function addStoreRules(add: Add, context: PlatformContext): void {
  const { environment } = context;
  add(kinds.destinationRule, {
    metadata: context.metadata(namespaces.dragonfly, services.store, waves.mesh),
    spec: {
      host: serviceHost(namespaces.dragonfly, services.store),
      exportTo: ['.', namespaces.system],
      trafficPolicy: {
        ...(environment.facts.mesh === 'sidecar' ? { tls: { mode: 'ISTIO_MUTUAL' } } : {}),
        connectionPool: {
          tcp: {
            maxConnections: 2000,
            connectTimeout: '500ms',
            idleTimeout: '0s',
            tcpKeepalive: { time: '30s', interval: '10s', probes: 3 },
          },
        },
      },
    },
  });
}
