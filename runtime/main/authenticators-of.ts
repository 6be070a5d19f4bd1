import {
  devAuthenticator,
  meshAuthenticator,
  peopleAuthenticator,
  remoteKeys,
  serviceAccountAuthenticator,
  type Workloads,
} from '../api/authenticators.ts';
import { clusterIssuer } from '../api/cluster-keys.ts';
import type { Authenticator } from '../api/identity.ts';
import type { Config } from '../ops/config/fields.ts';

/** Where Kubernetes puts a pod's own token. */
const OWN_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The ways to prove who calls that the configuration opens, in the order in which they are asked. */
export function authenticatorsOf({ auth }: Config, workloads: Workloads): readonly Authenticator[] {
  const { devToken, mesh, trustDomain, serviceAccountIssuer, serviceAccountKeys, peopleIssuer, peopleKeys } = auth;
  const { audience, peopleRoles, cluster } = auth;
  const ways: Authenticator[] = [];
  if (devToken !== undefined) ways.push(devAuthenticator(devToken.reveal()));
  if (mesh) ways.push(meshAuthenticator(trustDomain, workloads));
  if (cluster) ways.push(serviceAccountAuthenticator({ ...clusterIssuer(OWN_TOKEN), audience }, workloads));
  if (serviceAccountIssuer !== undefined) {
    const keys = remoteKeys(serviceAccountKeys ?? `${serviceAccountIssuer.replace(/\/$/, '')}/openid/v1/jwks`);
    ways.push(serviceAccountAuthenticator({ issuer: serviceAccountIssuer, audience, keys }, workloads));
  }
  if (peopleIssuer !== undefined && peopleKeys !== undefined) {
    ways.push(peopleAuthenticator({ issuer: peopleIssuer, audience, keys: remoteKeys(peopleKeys) }, peopleRoles));
  }
  return ways;
}
