import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import type { EdgeModel } from '../../core/model.ts';
import { agentPaths, deriveName, mesh, namespaces, pods } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { fleetPrincipal, principal, schedulerPrincipal } from './identity.ts';
import { kinds } from './kinds.ts';
import type { AuthorizationRule } from './kinds.ts';
import { hasWaypoint } from '../../core/mesh-calls.ts';

/**
 * Closes the namespace for everybody without an identity, then for everybody, and opens one way for each edge of the spec.
 *
 * With sidecars the proxy beside the agent decides. In ambient mode the waypoint does, because only it reads HTTP, and the
 * node lets nobody but the waypoint through.
 */
export function addAuthorization(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(kinds.peerAuthentication, {
    metadata: context.metadata('default', waves.mesh),
    spec: { mtls: { mode: 'STRICT' } },
  });
  add(kinds.authorizationPolicy, { metadata: context.metadata('deny-all', waves.mesh), spec: {} });
  if (fleet.agent.delivery === 'push') allowScheduler(add, context);
  for (const edge of fleet.calledBy) allowCaller(add, context, edge);
  if (fleet.environment.mesh === 'ambient') addNodePolicies(add, context);
}

/** The scheduler hands over tasks, and can do nothing else: whether to go on, the answer to a heartbeat says. */
function allowScheduler(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const scheduler = from(schedulerPrincipal(fleet.environment), 'agent', 'delivery');
  allowHttp(add, context, 'allow-scheduler', {
    from: [{ source: { principals: [scheduler] } }],
    to: [{ operation: { methods: ['POST'], paths: [agentPaths.tasks], ports: [httpPort(context)] } }],
  });
}

/** Another fleet may call, but not hand over tasks past the queue, nor stop the agents or look into them. */
function allowCaller(add: Add, context: FleetContext, { from: caller, at }: EdgeModel): void {
  const { environment } = context.fleet;
  const name = deriveName(['allow', caller.team, caller.name]);
  allowHttp(add, context, trace(name, at), {
    from: [{ source: { principals: [trace(fleetPrincipal(environment, caller), at)] } }],
    to: [
      {
        operation: {
          methods: ['GET', 'POST'],
          // With all that begins alike: an agent may read `/v1/tasks/` as the mesh does not.
          notPaths: [`${agentPaths.tasks}*`, ...agentPaths.operation],
          ports: [httpPort(context)],
        },
      },
    ],
  });
}

function allowHttp(add: Add, context: FleetContext, name: string, rule: AuthorizationRule): void {
  const { fleet, selector } = context;
  const where =
    fleet.environment.mesh === 'ambient'
      ? { targetRefs: [{ group: '', kind: 'Service', name: fleet.name }] }
      : { selector: { matchLabels: selector } };
  add(kinds.authorizationPolicy, {
    metadata: context.metadata(name, waves.mesh),
    spec: { ...where, action: 'ALLOW', rules: [rule] },
  });
}

function httpPort({ fleet, from }: FleetContext): string {
  return from(String(fleet.agent.ports.http), 'agent', 'ports', 'http');
}

/**
 * What the node of an ambient mesh lets through; it sees identities and ports only. With sidecars metrics need no rule: the
 * proxy serves them on a port of its own, which no policy governs.
 */
function addNodePolicies(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const { environment } = fleet;
  const allow = (name: string, who: string, port: string) =>
    add(kinds.authorizationPolicy, {
      metadata: context.metadata(name, waves.mesh),
      spec: {
        selector: { matchLabels: context.selector },
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals: [who] } }], to: [{ operation: { ports: [port] } }] }],
      },
    });
  const prometheus = principal(environment, namespaces.observability, pods.prometheus['app.kubernetes.io/name']);
  allow('allow-prometheus', prometheus, from(String(fleet.agent.ports.metrics), 'agent', 'ports', 'metrics'));
  if (!hasWaypoint(fleet)) return;
  // A waypoint reads no policy that does not name it, and serves every Service of the namespace: without this one those
  // that no policy names, such as the one behind the agents' own names, would be open.
  add(kinds.authorizationPolicy, {
    metadata: context.metadata('deny-all-called', waves.mesh),
    spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: mesh.waypoint }] },
  });
  allow('allow-waypoint', principal(environment, fleet.namespace, mesh.waypoint), httpPort(context));
}
