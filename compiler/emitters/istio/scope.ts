import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { isInCluster, mesh, namespaces, pods, services } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { serviceHost } from './identity.ts';
import { kinds } from './kinds.ts';
import { outsideHosts } from '../../core/outside-hosts.ts';

/**
 * What the proxies of a fleet know of the rest of the mesh: their peers and nothing else, so that a change elsewhere costs
 * them nothing. This is no wall, a pod can go around its proxy; the NetworkPolicy is. Ambient mode has no such object: its
 * proxies learn what they need when they need it.
 */
export function addScope(add: Add, context: FleetContext): void {
  if (context.fleet.environment.mesh === 'ambient') return;
  add(kinds.sidecar, {
    metadata: context.metadata('default', waves.mesh),
    spec: {
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: ['./*', `${namespaces.istio}/*`, ...shared(), ...peers(context), ...outside(context)] }],
    },
  });
}

function known(namespace: string, service: string): string {
  return `${namespace}/${serviceHost(namespace, service)}`;
}

function shared(): string[] {
  return [
    known(namespaces.system, services.scheduler),
    known(namespaces.observability, pods.collector['app.kubernetes.io/name']),
  ];
}

function peers({ fleet }: FleetContext): string[] {
  const called = fleet.calls.map(({ to, at }) => trace(known(to.namespace, to.name), at));
  const seen = new Set<string>();
  const inCluster = [...fleet.providers, ...fleet.tools.values()].flatMap(({ facts, at }) => {
    const { host } = facts.endpoint;
    if (!isInCluster(host) || seen.has(host)) return [];
    seen.add(host);
    const [service = '', namespace = ''] = host.split('.');
    return [trace(known(namespace, service), at)];
  });
  return [...called, ...inCluster];
}

function outside({ fleet }: FleetContext): string[] {
  const hosts = outsideHosts(fleet);
  if (hosts.length === 0) return [];
  const names = new Map(hosts.map(({ host, at }) => [host, trace(`${namespaces.egress}/${host}`, at)]));
  return [...names.values(), known(namespaces.egress, mesh.egress)];
}
