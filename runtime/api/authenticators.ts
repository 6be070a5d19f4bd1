import { hash, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { bearerOf, isLoopback, ROLES, type Authenticator, type Identity, type Role } from './identity.ts';
import { askForKeys } from './issuer-keys.ts';

/** The token of one's own machine: may do everything, as anyone. Only for an API that listens on loopback. */
export function devAuthenticator(token: string): Authenticator {
  const wanted = digest(token);
  const developer: Identity = { subject: 'developer', roles: new Set(ROLES), tenant: 'dev', isDeveloper: true };
  return {
    name: 'development token',
    authenticate: (credentials) => {
      const given = bearerOf(credentials);
      const matches = given !== undefined && timingSafeEqual(digest(given), wanted);
      if (!matches || !isLoopback(credentials.peer)) return Promise.resolve(undefined);
      return Promise.resolve(developer);
    },
  };
}

/**
 * The mesh: its proxy beside this process has checked the caller's certificate and appended what it found to
 * `x-forwarded-client-cert`. Only the last element is that proxy's own; those before it came over the network. It is believed from
 * the address that the proxy calls from and nobody else of this pod does: `kubectl port-forward` comes from another. A workload
 * that is proved and may do nothing, as a gateway, may bring somebody's token: then that decides.
 */
export function meshAuthenticator(trustDomain: string, workloads: Workloads): Authenticator {
  return {
    name: 'mesh',
    authenticate: ({ authorization, forwardedClientCert, peer }) => {
      if (forwardedClientCert === undefined || !PROXY.has(peer)) return Promise.resolve(undefined);
      const uri = lastUri(forwardedClientCert);
      const found = uri === undefined ? undefined : SPIFFE.exec(uri);
      if (found?.[1] !== trustDomain || found[2] === undefined) return Promise.resolve('refused');
      const known = workloads(found[2], found[3] ?? '', `spiffe:${uri}`);
      return Promise.resolve(known === 'refused' && authorization !== undefined ? undefined : known);
    },
  };
}

/** Where Istio's proxy calls the process beside it from (`InboundPassthroughBindIpv4` and `Ipv6`). */
const PROXY: ReadonlySet<string> = new Set(['127.0.0.6', '::6', '::ffff:127.0.0.6']);

const SPIFFE = /^spiffe:\/\/([a-z0-9.-]{1,253})\/ns\/([a-z0-9-]{1,63})\/sa\/([a-z0-9.-]{1,253})$/;

/**
 * `URI` of the last element; elements are separated by commas outside of quotes. The proxy closes what it opens: a quote that is
 * open at the end is of an element before, whose sender wants the proxy's own to be read as a part of it.
 */
function lastUri(header: string): string | undefined {
  if (header.length > HEADER_MAX || header.split('"').length % 2 === 0) return undefined;
  const uris = splitOutsideQuotes(header, ',')
    .slice(-1)
    .flatMap((last) => splitOutsideQuotes(last, ';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.toLowerCase().startsWith('uri='))
    .map((pair) => pair.slice(4).replaceAll('"', ''));
  return uris.length === 1 ? uris[0] : undefined;
}

const HEADER_MAX = 16_384;

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** What a workload may do whose namespace and ServiceAccount are proved. */
export type Workloads = (namespace: string, account: string, subject: string) => Identity | 'refused';

/** Those who call the API. */
export function workloadsOf(table: () => RoutingTable): Workloads {
  return (namespace, account, subject) => workloadIdentity(table(), namespace, account, subject);
}

/**
 * A pod of a fleet's namespace is an agent of that fleet, and may submit for its team what the fleet's `talksTo` says. Another
 * one submits for the team that names it.
 */
function workloadIdentity(
  table: RoutingTable,
  namespace: string,
  account: string,
  subject: string,
): Identity | 'refused' {
  if (account === '') return 'refused';
  const found = Object.entries(table.fleets).find(([, fleet]) => fleet.namespace === namespace);
  if (found === undefined) {
    const tenant = tenantOf(table, `${namespace}/${account}`);
    return tenant === undefined ? 'refused' : { subject, roles: new Set<Role>(['submitter']), tenant };
  }
  const [fleet, { team }] = found;
  return { subject, roles: new Set<Role>(['agent', 'submitter']), tenant: team, fleet };
}

function tenantOf({ teams }: RoutingTable, workload: string): string | undefined {
  return Object.entries(teams).find(([, { submitters }]) => submitters?.includes(workload) === true)?.[0];
}

export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Keys are kept for ten minutes, and asked for again at most once a minute. */
export const KEYS_KEPT = { cooldownDuration: 60_000, cacheMaxAge: 600_000, timeoutDuration: 3000 } as const;

export function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { ...KEYS_KEPT, [customFetch]: askForKeys() });
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Tokens of Kubernetes ServiceAccounts, by the issuer's public keys. */
export function serviceAccountAuthenticator(issuer: TokenIssuer, workloads: Workloads): Authenticator {
  return jwtAuthenticator('ServiceAccount token', issuer, (claims) => {
    const kubernetes = claims['kubernetes.io'];
    const namespace = readText(kubernetes, 'namespace');
    const account = readText(readObject(kubernetes, 'serviceaccount'), 'name');
    if (namespace === undefined || account === undefined) return 'refused';
    return workloads(namespace, account, `serviceaccount:${namespace}/${account}`);
  });
}

/**
 * Tokens of people. Their groups give them roles: `nova-torch:operators` and `nova-torch:auditors`, and `team:<name>` makes them
 * submitters of that team. Who is in several says with each submission for which: the order of groups is nobody's intention.
 */
export function peopleAuthenticator(issuer: TokenIssuer, groupsClaim: string): Authenticator {
  return jwtAuthenticator('OIDC token', issuer, (claims) => {
    const given = claims[groupsClaim];
    const groups = Array.isArray(given) ? given.filter((group) => typeof group === 'string') : [];
    const teams = [...new Set(groups.flatMap((group) => /^team:([a-z0-9-]{1,63})$/.exec(group)?.[1] ?? []))].sort();
    const [team] = teams;
    const roles = new Set<Role>();
    if (groups.includes('nova-torch:operators')) roles.add('operator');
    if (groups.includes('nova-torch:auditors')) roles.add('auditor');
    if (team !== undefined) roles.add('submitter');
    if (claims.sub === undefined || roles.size === 0) return 'refused';
    const subject = `person:${claims.sub.slice(0, 200)}`;
    if (teams.length > 1) return { subject, roles, teams };
    return { subject, roles, ...(team !== undefined && { tenant: team }) };
  });
}

/** Seconds by which the clock of an issuer may be another one. */
const CLOCKS_APART_S = 30;

function issuedLate({ iat = 0 }: JWTPayload): boolean {
  return iat > Date.now() / 1000 + CLOCKS_APART_S;
}

function jwtAuthenticator(
  name: string,
  { issuer, audience, keys }: TokenIssuer,
  identify: (claims: JWTPayload) => Identity | 'refused',
): Authenticator {
  return {
    name,
    authenticate: async (credentials) => {
      const token = bearerOf(credentials);
      if (token === undefined || issuerOf(token) !== issuer) return undefined;
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCKS_APART_S,
          requiredClaims: ['exp', 'iat'],
        });
        // Of a token from the future nobody knows how long it counts.
        return issuedLate(payload) ? 'refused' : identify(payload);
      } catch (error) {
        return isUnreachable(error) ? 'unavailable' : 'refused';
      }
    },
  };
}

/** Which issuer a token names; believed only after its signature was checked. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** The keys could not be had: that says nothing about the token. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return NO_KEYS.has(code) || (error instanceof TypeError && error.message === 'fetch failed');
}

/** They did not come in time, came with another status than 200, or are no keys. */
const NO_KEYS: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID']);

function readObject(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function readText(value: unknown, name: string): string | undefined {
  const found = readObject(value, name);
  return typeof found === 'string' ? found : undefined;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
