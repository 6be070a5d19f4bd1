import type { EnvironmentModel, FleetModel } from './model.ts';
import type { Origin } from './origin.ts';
import { isInCluster } from './names.ts';

/** A host outside the cluster that a fleet reaches, on one port. */
export interface OutsideHost {
  readonly host: string;
  readonly port: number;
  /** Whether what is said there is known to be TLS, which names the host. */
  readonly tls: boolean;
  readonly at: Origin;
}

/** Ports that are TLS by custom. On another one anything may be spoken. */
const TLS_PORT = /^([0-9]*443|465|636|853|993|995|5671|8883)$/;

/** The hosts outside the cluster that a fleet reaches, once each, sorted by host and port. */
export function outsideHosts(fleet: FleetModel): readonly OutsideHost[] {
  const used = [...fleet.providers, ...fleet.tools.values()].map(({ facts, at }) => ({ ...facts.endpoint, at }));
  const own = [...fleet.egress].map(([host, { port, at }]) => ({ host, port, tls: TLS_PORT.test(String(port)), at }));
  const known = new Map<string, OutsideHost>();
  for (const { host, port, tls, at } of [...used.filter((one) => !isInCluster(one.host)), ...own])
    if (!known.has(`${host}:${port}`)) known.set(`${host}:${port}`, { host, port, tls, at });
  return [...known.values()].sort((a, b) => (a.host === b.host ? a.port - b.port : a.host < b.host ? -1 : 1));
}

/** Where the scheduler fetches the keys that prove who people are, when that is outside the cluster. */
export function peopleHost({ facts, from }: EnvironmentModel): OutsideHost | undefined {
  if (facts.people === undefined || isInCluster(facts.people.endpoint.host)) return undefined;
  const { host, port, tls } = facts.people.endpoint;
  return { host, port, tls, at: from(['people', 'keys']) };
}
