import {
  devAuthenticator,
  isUnreachable,
  meshAuthenticator,
  peopleAuthenticator,
  remoteKeys,
  serviceAccountAuthenticator,
  type TokenIssuer,
  type Workloads,
} from '../api/authenticators.ts';
import { clusterIssuer } from '../api/cluster-keys.ts';
import type { Authenticator } from '../api/identity.ts';
import type { Config } from '../ops/config/fields.ts';

/** Where Kubernetes puts a pod's own token. */
const OWN_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The keys of an issuer cannot be had: nobody comes in who has a token of it. */
export type NoKeys = (issuer: string, error: Error) => void;

/** The ways to prove who calls that the configuration opens, in the order in which they are asked. */
export function authenticatorsOf(
  { auth }: Config,
  workloads: Workloads,
  onNoKeys: NoKeys = () => undefined,
): readonly Authenticator[] {
  const { devToken, mesh, trustDomain, serviceAccountIssuer, serviceAccountKeys, peopleIssuer, peopleKeys } = auth;
  const { audience, peopleRoles, cluster } = auth;
  const ways: Authenticator[] = [];
  const told = (of: TokenIssuer): TokenIssuer => ({
    ...of,
    keys: telling(of.keys, (error) => onNoKeys(of.issuer, error)),
  });
  if (devToken !== undefined) ways.push(devAuthenticator(devToken.reveal()));
  if (mesh) ways.push(meshAuthenticator(trustDomain, workloads));
  if (cluster) ways.push(serviceAccountAuthenticator(told({ ...clusterIssuer(OWN_TOKEN), audience }), workloads));
  if (serviceAccountIssuer !== undefined) {
    const keys = remoteKeys(serviceAccountKeys ?? `${serviceAccountIssuer.replace(/\/$/, '')}/openid/v1/jwks`);
    ways.push(serviceAccountAuthenticator(told({ issuer: serviceAccountIssuer, audience, keys }), workloads));
  }
  if (peopleIssuer !== undefined && peopleKeys !== undefined) {
    const keys = remoteKeys(peopleKeys);
    ways.push(peopleAuthenticator(told({ issuer: peopleIssuer, audience, keys }), peopleRoles));
  }
  return ways;
}

const SAY_EVERY_MS = 60_000;

/** Each request asks for the keys: what is wrong with them is said once a minute. */
function telling(keys: TokenIssuer['keys'], tell: (error: Error) => void): TokenIssuer['keys'] {
  let nextMs = 0;
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof Error && isUnreachable(error) && performance.now() >= nextMs) {
        nextMs = performance.now() + SAY_EVERY_MS;
        // `fetch failed` alone says nothing.
        tell(error.cause instanceof Error ? error.cause : error);
      }
      throw error;
    }
  };
}
