import { readFileSync } from 'node:fs';
import { createRemoteJWKSet, customFetch, decodeJwt, type JWTVerifyGetKey } from 'jose';
import { KEYS_KEPT } from './authenticators.ts';
import { askForKeys } from './issuer-keys.ts';

/** Where the API server has the keys of its tokens. Every ServiceAccount may read them. */
const KEYS_URL = 'https://kubernetes.default.svc/openid/v1/jwks';

export interface ClusterIssuer {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

/**
 * The issuer of a cluster's own tokens, known by the scheduler's token in a file, and their keys, asked for with it: the cluster
 * needs to be told nothing, and an API server that is away does no harm while keys are kept. Throws when the file holds no token.
 */
export function clusterIssuer(tokenFile: string, fetchKeys: typeof fetch = fetch): ClusterIssuer {
  // Renewed by the kubelet long before it ends: read again each time.
  const token = (): string => readFileSync(tokenFile, 'utf8').trim();
  const { iss } = decodeJwt(token());
  if (iss === undefined) throw new TypeError('the token names no issuer');
  const ask = askForKeys(fetchKeys);
  const keys = createRemoteJWKSet(new URL(KEYS_URL), {
    ...KEYS_KEPT,
    [customFetch]: (url, options) => {
      const headers = new Headers(options.headers);
      headers.set('authorization', `Bearer ${token()}`);
      return ask(url, { ...options, headers });
    },
  });
  return { issuer: iss, keys };
}
