import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext, Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { deriveName, namespaces, pods, ports } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { fleetPrincipal, schedulerPrincipal } from './identity.ts';
import { kinds } from './kinds.ts';
import { outsideHosts, peopleHost } from '../../core/outside-hosts.ts';
import type { OutsideHost } from '../../core/outside-hosts.ts';
import { hostName, serverName } from './host-names.ts';

/**
 * The hosts outside the cluster that a fleet may reach, where they are let out: at the gateway, by the fleet's identity. What
 * goes through is encrypted by the agent, so nothing of HTTP can be asked for.
 */
export function addEgressAccess(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const caller: Caller = {
    name: fleet.namespace,
    principal: fleetPrincipal(fleet.environment, fleet),
    metadata: (name) => ({ ...context.metadata(name, waves.mesh), namespace: namespaces.egress }),
  };
  allow(add, fleet.environment.mesh, caller, outsideHosts(fleet));
}

/** The scheduler fetches the keys that prove who people are, and nothing else. */
export function addSchedulerEgress(add: Add, context: PlatformContext): void {
  const { environment, from, metadata } = context;
  const people = peopleHost(environment);
  const caller: Caller = {
    name: namespaces.system,
    principal: from(schedulerPrincipal(environment.facts), 'trustDomain'),
    metadata: (name) => metadata(namespaces.egress, name, waves.mesh),
  };
  allow(add, environment.facts.mesh, caller, people === undefined ? [] : [people]);
}

/** Who goes out: its identity, and what its policies are called. */
interface Caller {
  readonly name: string;
  readonly principal: string;
  readonly metadata: (name: string) => Metadata;
}

function allow(add: Add, mode: EnvironmentFacts['mesh'], caller: Caller, hosts: readonly OutsideHost[]): void {
  if (hosts.length === 0) return;
  if (mode === 'ambient') allowAtWaypoint(add, caller, hosts);
  else allowAtGateway(add, caller, hosts);
}

/** The connection to the gateway bears the name of the host it is for. */
function allowAtGateway(add: Add, { name, principal, metadata }: Caller, hosts: readonly OutsideHost[]): void {
  add(kinds.authorizationPolicy, {
    metadata: metadata(name),
    spec: {
      selector: { matchLabels: { ...pods.egressGateway } },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: [principal] } }],
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
function allowAtWaypoint(add: Add, caller: Caller, hosts: readonly OutsideHost[]): void {
  const byPorts = new Map<string, Map<string, OutsideHost>>();
  for (const one of hosts) {
    const all = hosts.filter(({ host }) => host === one.host).map(({ port }) => String(port));
    const key = all.join(',');
    byPorts.set(key, (byPorts.get(key) ?? new Map<string, OutsideHost>()).set(one.host, one));
  }
  for (const [key, group] of byPorts) {
    const targets = [...group.values()];
    for (let start = 0; start < targets.length; start += TARGETS_MAX) {
      const name = deriveName([caller.name, key.replaceAll(',', '-'), ...(start === 0 ? [] : [String(start)])]);
      add(kinds.authorizationPolicy, {
        metadata: caller.metadata(name),
        spec: {
          targetRefs: targets.slice(start, start + TARGETS_MAX).map(({ host, at }) => ({
            group: 'networking.istio.io',
            kind: 'ServiceEntry',
            name: trace(hostName(host), at),
          })),
          action: 'ALLOW',
          rules: [
            {
              from: [{ source: { principals: [caller.principal] } }],
              to: [{ operation: { ports: key.split(',') } }],
            },
          ],
        },
      });
    }
  }
}
