import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { mesh, namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { trace } from '../../core/trace.ts';
import { formatSeconds } from './duration.ts';
import { serviceHost } from './identity.ts';
import { kinds } from './kinds.ts';
import type { TrafficPolicy } from './kinds.ts';
import { outsideHosts, peopleHost } from '../../core/outside-hosts.ts';
import type { OutsideHost } from '../../core/outside-hosts.ts';
import { endpointName, hostName, serverName } from './host-names.ts';

/** A host outside the cluster and who reaches it. */
interface Host {
  readonly host: string;
  /** One for each port, sorted by port. */
  readonly endpoints: readonly OutsideHost[];
  /** Their namespaces, sorted. */
  readonly consumers: readonly string[];
}

/** Makes each host outside the cluster known to those who may reach it, and leads them through the one way out. */
export function addHosts(add: Add, context: PlatformContext): void {
  const hosts = hostsOf(context);
  for (const host of hosts) addHost(add, context, host);
  if (context.environment.facts.mesh === 'sidecar' && hosts.length > 0) addWayToGateway(add, context, hosts);
}

/** Ports that anything outside is reached on, sorted. */
export function outsidePorts(context: PlatformContext): readonly number[] {
  const all = hostsOf(context).flatMap(({ endpoints }) => endpoints.map(({ port }) => port));
  return [...new Set(all)].sort((a, b) => a - b);
}

function hostsOf({ environment }: PlatformContext): Host[] {
  const known = new Map<string, { endpoints: Map<number, OutsideHost>; consumers: Set<string> }>();
  const add = (one: OutsideHost, consumer: string): void => {
    const entry = known.get(one.host) ?? { endpoints: new Map<number, OutsideHost>(), consumers: new Set<string>() };
    known.set(one.host, entry);
    const before = entry.endpoints.get(one.port);
    entry.endpoints.set(one.port, { ...(before ?? one), tls: one.tls || before?.tls === true });
    entry.consumers.add(consumer);
  };
  for (const fleet of environment.fleets.values()) for (const one of outsideHosts(fleet)) add(one, fleet.namespace);
  const people = peopleHost(environment);
  if (people !== undefined) add(people, namespaces.system);
  return [...known]
    .map(([host, { endpoints, consumers }]) => ({
      host,
      endpoints: [...endpoints.values()].sort((a, b) => a.port - b.port),
      consumers: [...consumers].sort(),
    }))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

function addHost(add: Add, context: PlatformContext, host: Host): void {
  const { host: name, endpoints, consumers } = host;
  const at = endpoints[0]?.at ?? context.environment.at;
  const ambient = context.environment.facts.mesh === 'ambient';
  const metadata = context.metadata(namespaces.egress, hostName(name), waves.mesh);
  add(kinds.serviceEntry, {
    metadata: ambient
      ? { ...metadata, labels: { ...metadata.labels, 'istio.io/use-waypoint': mesh.egress } }
      : metadata,
    spec: {
      hosts: [trace(name, at)],
      exportTo: ['.', ...consumers],
      location: 'MESH_EXTERNAL',
      resolution: 'DNS',
      ports: endpoints.map(({ port, tls, at: place }) => ({
        number: trace(port, place),
        name: `${tls ? 'tls' : 'tcp'}-${port}`,
        protocol: tls ? 'TLS' : 'TCP',
      })),
    },
  });
  add(kinds.destinationRule, {
    metadata,
    spec: { host: trace(name, at), exportTo: ['.'], trafficPolicy: policyOf(context, endpoints) },
  });
  if (ambient) return;
  for (const one of endpoints) addServer(add, context, one);
  addLeading(add, context, host);
}

/** Errors in a row and the pause after them come from the provider. Only failed connections can be seen: the rest is encrypted. */
function policyOf({ environment }: PlatformContext, endpoints: readonly OutsideHost[]): TrafficPolicy {
  const provider = [...environment.providers.values()].find(({ facts: { endpoint } }) =>
    endpoints.some(({ host, port }) => host === endpoint.host && port === endpoint.port),
  );
  const { breaker, concurrent } = provider?.facts ?? { breaker: { errors: 5, openForMs: 30_000 } };
  const said = <T extends string | number>(value: T, ...path: string[]): T =>
    provider === undefined ? value : trace(value, provider.from(path));
  return {
    connectionPool: {
      tcp: {
        maxConnections: said(concurrent ?? 1024, 'limits', 'concurrent'),
        connectTimeout: '5s',
        tcpKeepalive: { time: '60s', interval: '15s', probes: 3 },
      },
    },
    outlierDetection: {
      splitExternalLocalOriginErrors: true,
      consecutiveLocalOriginFailures: said(breaker.errors, 'breaker', 'errors'),
      consecutiveGatewayErrors: 0,
      consecutive5xxErrors: 0,
      interval: '5s',
      baseEjectionTime: said(formatSeconds(breaker.openForMs), 'breaker', 'openFor'),
      maxEjectionPercent: 100,
      minHealthPercent: 0,
    },
  };
}

/** The gateway tells hosts apart by the server name of the mesh's own TLS, which it ends; what is inside stays closed. */
function addServer(add: Add, context: PlatformContext, one: OutsideHost): void {
  add(kinds.gateway, {
    metadata: context.metadata(namespaces.egress, endpointName(one), waves.mesh),
    spec: {
      selector: { ...pods.egressGateway },
      servers: [
        {
          port: { number: ports.egressGateway, name: 'tls-egress', protocol: 'TLS' },
          hosts: [trace(serverName(one), one.at)],
          tls: { mode: 'ISTIO_MUTUAL' },
        },
      ],
    },
  });
}

/** From the agent's proxy to the gateway, and from the gateway to the host. */
function addLeading(add: Add, context: PlatformContext, { host, endpoints, consumers }: Host): void {
  const gatewayOf = (one: OutsideHost) => `${namespaces.egress}/${endpointName(one)}`;
  const names = new Set([host, ...endpoints.map(serverName)]);
  // TLS says which host it is for. Of anything else only the port is seen, which leads to one host: see `mesh-limits`.
  const [byName, byPort] = [endpoints.filter(({ tls }) => tls), endpoints.filter(({ tls }) => !tls)];
  add(kinds.virtualService, {
    metadata: context.metadata(namespaces.egress, hostName(host), waves.mesh),
    spec: {
      hosts: [...names],
      exportTo: ['.', ...consumers],
      gateways: ['mesh', ...endpoints.map(gatewayOf)],
      ...(byName.length === 0
        ? {}
        : {
            tls: byName.map((one) => ({
              match: [{ gateways: ['mesh'], port: trace(one.port, one.at), sniHosts: [trace(host, one.at)] }],
              route: [toGateway(one)],
            })),
          }),
      tcp: [
        ...byPort.map((one) => ({
          match: [{ gateways: ['mesh'], port: trace(one.port, one.at) }],
          route: [toGateway(one)],
        })),
        ...endpoints.map((one) => ({
          match: [{ gateways: [gatewayOf(one)], port: ports.egressGateway }],
          route: [{ destination: { host: trace(host, one.at), port: { number: trace(one.port, one.at) } } }],
        })),
      ],
    },
  });
}

function toGateway(one: OutsideHost) {
  return {
    destination: {
      host: serviceHost(namespaces.egress, mesh.egress),
      subset: endpointName(one),
      port: { number: ports.egressGateway },
    },
  };
}

/** A subset for each host: its connections to the gateway bear the host's name and the fleet's identity. */
function addWayToGateway(add: Add, context: PlatformContext, hosts: readonly Host[]): void {
  const consumers = [...new Set(hosts.flatMap((host) => host.consumers))].sort();
  add(kinds.destinationRule, {
    metadata: context.metadata(namespaces.egress, mesh.egress, waves.mesh),
    spec: {
      host: serviceHost(namespaces.egress, mesh.egress),
      exportTo: ['.', ...consumers],
      subsets: hosts.flatMap(({ endpoints }) =>
        endpoints.map((one) => ({
          name: endpointName(one),
          trafficPolicy: {
            portLevelSettings: [
              {
                port: { number: ports.egressGateway },
                tls: { mode: 'ISTIO_MUTUAL' as const, sni: trace(serverName(one), one.at) },
              },
            ],
          },
        })),
      ),
    },
  });
}
