import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { deriveName, namespaces, pods, ports } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { fleetPrincipal } from './identity.ts';
import { kinds } from './kinds.ts';
import { outsideHosts } from '../../core/outside-hosts.ts';
import type { OutsideHost } from '../../core/outside-hosts.ts';
import { hostName, serverName } from './host-names.ts';

/**
 * The hosts outside the cluster that a fleet may reach, where they are let out: at the gateway, by the fleet's identity. What
 * goes through is encrypted by the agent, so nothing of HTTP can be asked for.
 */
export function addEgressAccess(add: Add, context: FleetContext): void {
  const hosts = outsideHosts(context.fleet);
  if (hosts.length === 0) return;
  if (context.fleet.environment.mesh === 'ambient') allowAtWaypoint(add, context, hosts);
  else allowAtGateway(add, context, hosts);
}

function metadata(context: FleetContext, name: string) {
  return { ...context.metadata(name, waves.mesh), namespace: namespaces.egress };
}

/** The connection to the gateway bears the name of the host it is for. */
function allowAtGateway(add: Add, context: FleetContext, hosts: readonly OutsideHost[]): void {
  const { fleet } = context;
  add(kinds.authorizationPolicy, {
    metadata: metadata(context, fleet.namespace),
    spec: {
      selector: { matchLabels: { ...pods.egressGateway } },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: [fleetPrincipal(fleet.environment, fleet)] } }],
          to: [{ operation: { ports: [String(ports.egressGateway)] } }],
          when: [{ key: 'connection.sni', values: hosts.map((one) => trace(serverName(one), one.at)) }],
        },
      ],
    },
  });
}

/** Most targets a policy may have. */
const TARGETS_MAX = 16;

/** The waypoint knows hosts by their ServiceEntry: one policy for all hosts with the same ports. */
function allowAtWaypoint(add: Add, context: FleetContext, hosts: readonly OutsideHost[]): void {
  const { fleet } = context;
  const byPorts = new Map<string, Map<string, OutsideHost>>();
  for (const one of hosts) {
    const all = hosts.filter(({ host }) => host === one.host).map(({ port }) => String(port));
    const key = all.join(',');
    byPorts.set(key, (byPorts.get(key) ?? new Map<string, OutsideHost>()).set(one.host, one));
  }
  for (const [key, group] of byPorts) {
    const targets = [...group.values()];
    for (let start = 0; start < targets.length; start += TARGETS_MAX) {
      const name = deriveName([fleet.namespace, key.replaceAll(',', '-'), ...(start === 0 ? [] : [String(start)])]);
      add(kinds.authorizationPolicy, {
        metadata: metadata(context, name),
        spec: {
          targetRefs: targets.slice(start, start + TARGETS_MAX).map(({ host, at }) => ({
            group: 'networking.istio.io',
            kind: 'ServiceEntry',
            name: trace(hostName(host), at),
          })),
          action: 'ALLOW',
          rules: [
            {
              from: [{ source: { principals: [fleetPrincipal(fleet.environment, fleet)] } }],
              to: [{ operation: { ports: key.split(',') } }],
            },
          ],
        },
      });
    }
  }
}
