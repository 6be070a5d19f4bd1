import { formatSeconds } from './duration.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import type { FleetModel } from '../../core/model.ts';
import { agentPaths, canaryService, meshRoutes, sharesRoute } from '../../core/names.ts';
import { serviceHost } from './identity.ts';
import { kinds } from './kinds.ts';
import type { HttpRule } from './kinds.ts';
import { isCalled, splitsTraffic } from '../../core/mesh-calls.ts';
import { callersOf } from './traffic.ts';

/** Repeats of a hand-over, the first try not counted. */
const RETRIES = 2;
/** Failures after which nothing of the request has reached an agent: only these may be repeated. */
const BEFORE_ANYTHING_HAPPENED = 'connect-failure,refused-stream,reset-before-request';

/** How long calls last and which are repeated. Without these objects the mesh would repeat calls that had an effect. */
export function addRoutes(add: Add, context: FleetContext): void {
  if (!isCalled(context.fleet)) return;
  if (context.fleet.environment.mesh === 'ambient') addHttpRoute(add, context);
  else addVirtualService(add, context);
}

function addVirtualService(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(kinds.virtualService, {
    metadata: context.metadata(fleet.name, waves.mesh),
    spec: {
      hosts: [serviceHost(fleet.namespace, fleet.name)],
      exportTo: callersOf(fleet),
      http: [
        ...(fleet.calledBy.length > 0 ? [callRule(context)] : []),
        ...(fleet.agent.delivery === 'push' ? [handOverRule(context)] : []),
      ],
    },
  });
  if (splitsTraffic(fleet)) addShares(add, context);
}

/**
 * The shares of both versions and nothing else. Argo Rollouts rewrites the list, and Argo CD leaves it as it is in the
 * cluster: whatever else stood in it would never change again. So it names no port either, each Service has one.
 */
function addShares(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const share = (service: string, weight: number) => ({
    destination: { host: from(serviceHost(fleet.namespace, service)) },
    weight,
  });
  add(kinds.virtualService, {
    metadata: context.metadata(sharesRoute(fleet), waves.mesh),
    spec: {
      exportTo: ['.'],
      http: [{ name: meshRoutes.handOver, route: [share(fleet.name, 100), share(canaryService(fleet.name), 0)] }],
    },
  });
}

/** Calls of other fleets. They last as long as a task may, and the caller alone knows whether one may be repeated. */
function callRule(context: FleetContext): HttpRule {
  const { fleet } = context;
  const callers = [...new Set(fleet.calledBy.map(({ from }) => from.namespace))].sort();
  return {
    name: meshRoutes.calls,
    match: callers.map((sourceNamespace) => ({ sourceNamespace })),
    timeout: longestRun(context),
    retries: { attempts: 0 },
    route: [destination(context, fleet.name)],
  };
}

/** The hand-over of a task. An agent that has not taken it within a heartbeat would be counted as lost anyway. */
function handOverRule(context: FleetContext): HttpRule {
  const { fleet } = context;
  const within = handOver(fleet);
  const whole = splitsTraffic(fleet)
    ? { delegate: { name: sharesRoute(fleet), namespace: fleet.namespace } }
    : { route: [destination(context, fleet.name)] };
  return {
    name: meshRoutes.handOver,
    timeout: within.from(context, within.ms),
    retries: mustBeBegunOnce(context) ?? {
      attempts: RETRIES,
      perTryTimeout: within.from(context, perTry(within.ms)),
      retryOn: BEFORE_ANYTHING_HAPPENED,
      retryIgnorePreviousHosts: true,
      backoff: '100ms',
    },
    ...whole,
  };
}

/**
 * No repeats where a task has effects that must not be had twice: of a call that was repeated the mesh tells why its last try
 * failed only, and the scheduler could not know whether one before it was begun. It tries again itself what surely was not.
 */
function mustBeBegunOnce({ fleet, from }: FleetContext): { readonly attempts: number } | undefined {
  const external = [...fleet.accepts.values()].find(({ effects }) => effects === 'external');
  return external && { attempts: from(0, 'accepts', external.task, 'effects') };
}

/** All tries together fit into the whole. */
function perTry(ms: number): number {
  return Math.max(1, Math.floor(ms / (RETRIES + 1)));
}

function destination({ fleet, from }: FleetContext, service: string) {
  const number = from(fleet.agent.ports.http, 'agent', 'ports', 'http');
  return { destination: { host: serviceHost(fleet.namespace, service), port: { number } } };
}

/** The shortest heartbeat of the fleet's tasks. */
function handOver({ accepts }: FleetModel) {
  const [first, ...rest] = [...accepts.values()];
  const shortest = rest.reduce((least, one) => (beat(one) < beat(least) ? one : least), first);
  return {
    ms: beat(shortest),
    from: (context: FleetContext, ms: number) =>
      shortest === undefined
        ? formatSeconds(ms)
        : context.from(formatSeconds(ms), 'accepts', shortest.task, 'timeouts', 'heartbeat'),
  };
}

const SILENT_MS = 30_000;
const beat = (one: { readonly timeouts: { readonly heartbeatMs: number } } | undefined) =>
  one?.timeouts.heartbeatMs ?? SILENT_MS;

function longestRun({ fleet, from }: FleetContext): string {
  const longest = [...fleet.accepts.values()].toSorted((a, b) => b.timeouts.runMs - a.timeouts.runMs)[0];
  return longest === undefined
    ? formatSeconds(SILENT_MS)
    : from(formatSeconds(longest.timeouts.runMs), 'accepts', longest.task, 'timeouts', 'run');
}

/**
 * A waypoint tells callers apart by what they call: tasks come from the scheduler alone. Its own repeats are those after
 * which nothing has reached an agent; without a rule of ours it repeats nothing else.
 */
function addHttpRoute(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const splits = splitsTraffic(fleet);
  const rules = [
    ...(fleet.agent.delivery === 'push' && !splits ? [handedOver(context)] : []),
    ...(fleet.calledBy.length > 0 ? [called(context)] : []),
  ];
  const parentRefs = [serviceRef(context, fleet.name)];
  if (rules.length > 0)
    add(kinds.httpRoute, { metadata: context.metadata(fleet.name, waves.mesh), spec: { parentRefs, rules } });
  if (!splits) return;
  // Without times, which could not be changed in a list that is left as it is; the scheduler ends its calls itself.
  const backendRefs = [
    { ...serviceRef(context, fleet.name), weight: 100 },
    { ...serviceRef(context, canaryService(fleet.name)), weight: 0 },
  ];
  add(kinds.httpRoute, {
    metadata: context.metadata(context.from(sharesRoute(fleet), 'agent', 'ports', 'http'), waves.mesh),
    spec: { parentRefs, rules: [{ name: meshRoutes.handOver, matches: HAND_OVER, backendRefs }] },
  });
}

const HAND_OVER = [{ method: 'POST', path: { type: 'PathPrefix', value: agentPaths.tasks } }] as const;

function handedOver(context: FleetContext) {
  const { fleet } = context;
  const within = handOver(fleet);
  return {
    name: meshRoutes.handOver,
    matches: HAND_OVER,
    timeouts: { request: within.from(context, within.ms), backendRequest: within.from(context, perTry(within.ms)) },
    backendRefs: [{ ...serviceRef(context, fleet.name), weight: 1 }],
  };
}

function called(context: FleetContext) {
  return {
    name: meshRoutes.calls,
    timeouts: { request: longestRun(context), backendRequest: longestRun(context) },
    backendRefs: [{ ...serviceRef(context, context.fleet.name), weight: 1 }],
  };
}

function serviceRef({ fleet, from }: FleetContext, name: string) {
  return { group: '', kind: 'Service', name, port: from(fleet.agent.ports.http, 'agent', 'ports', 'http') } as const;
}
