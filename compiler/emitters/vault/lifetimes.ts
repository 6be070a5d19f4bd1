import type { Lease } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import type { Consumer } from './consumer.ts';
import type { KubernetesAuthEngineRole } from './types.ts';

/** Half an hour, two hours: a consumer renews, a stolen token ends. */
const TOKEN_SECONDS = 1800;
const TOKEN_SECONDS_MAX = 7200;

type TokenFields = Pick<KubernetesAuthEngineRole['spec'], 'tokenType' | 'tokenTTL' | 'tokenMaxTTL' | 'tokenPeriod'>;

/**
 * How long tokens live. A token that ends takes with it what was made by it, so it outlives the longest lease: one of the
 * Vault Secrets Operator, which keeps its token, is renewed as long as somebody does it; one of External Secrets, which logs
 * in for every read, lives as long. The latter are kept nowhere (`batch`): they do not pile up on the server, and the operator
 * does not revoke them after the read, which would end the lease.
 */
export function tokenFields({ server, secrets }: Pick<Consumer, 'server' | 'secrets'>): TokenFields {
  const longest = longestLease(secrets.map(({ lease }) => lease).filter((lease) => lease !== undefined));
  const seconds = longest === undefined ? TOKEN_SECONDS : Math.max(TOKEN_SECONDS, leaseSeconds(longest));
  const of = (value: number) => (longest === undefined ? value : trace(value, longest.at));
  const tokenMaxTTL = of(Math.max(TOKEN_SECONDS_MAX, seconds));
  if (server.delivery === 'eso') return { tokenType: 'batch', tokenTTL: of(seconds), tokenMaxTTL };
  const service = { tokenType: 'service', tokenTTL: TOKEN_SECONDS, tokenMaxTTL } as const;
  return longest === undefined ? service : { ...service, tokenPeriod: of(seconds) };
}

/** When two thirds of a lease are over new credentials come; the old ones live for the last third. */
export function renewalTime({ ms, at }: Lease): string {
  return trace(`${Math.floor((ms * 2) / 3000)}s`, at);
}

/** Where an operator takes the two thirds itself. */
export const RENEWAL_PERCENT = 67;

export function leaseTime(lease: Lease): string {
  return trace(`${leaseSeconds(lease)}s`, lease.at);
}

function leaseSeconds({ ms }: Lease): number {
  return Math.ceil(ms / 1000);
}

function longestLease(leases: readonly Lease[]): Lease | undefined {
  return leases.reduce<Lease | undefined>(
    (most, one) => (most === undefined || one.ms > most.ms ? one : most),
    undefined,
  );
}
