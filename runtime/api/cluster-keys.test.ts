import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { afterAll, expect, test } from 'vitest';
import type { TableFleet } from '../../spec/contract/routing-table.ts';
import { table } from '../loops/testing/bench.ts';
import { meshAuthenticator, serviceAccountAuthenticator, workloadsOf } from './authenticators.ts';
import { clusterIssuer } from './cluster-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'nova-torch-cluster-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const fleets = { ...table(), teams: { acme: { weight: 1, submitters: ['shop/checkout'] } } };
const [[fleet, { namespace, team: tenant }]] = Object.entries(fleets.fleets) as [[string, TableFleet]];

async function cluster() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const file = join(mkdtempSync(join(folder, 'token-')), 'token');
  const own = await tokenOf(privateKey, 'nova-torch-system', 'nova-torch-scheduler', 'https://api');
  writeFileSync(file, `${own}\n`);
  const asked: { readonly url: string; readonly authorization: string | null }[] = [];
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] };
  const { issuer, keys: known } = clusterIssuer(file, (url, options) => {
    asked.push({ url: String(url), authorization: new Headers(options?.headers).get('authorization') });
    return Promise.resolve(Response.json(keys));
  });
  const authenticator = serviceAccountAuthenticator(
    { issuer, keys: known, audience: 'nova-torch' },
    workloadsOf(() => fleets),
  );
  const authenticate = (token: string) =>
    authenticator.authenticate({ authorization: `Bearer ${token}`, forwardedClientCert: undefined, peer: '10.0.0.7' });
  return { privateKey, own, file, asked, authenticate };
}

function tokenOf(key: CryptoKey, namespace: string, name: string, audience = 'nova-torch'): Promise<string> {
  return new SignJWT({ 'kubernetes.io': { namespace, serviceaccount: { name } } })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(key);
}

test('a pod of a fleet is known by the token of its ServiceAccount, with nothing said about the cluster', async () => {
  const { privateKey, own, asked, authenticate } = await cluster();
  expect(await authenticate(await tokenOf(privateKey, namespace, 'worker'))).toEqual({
    subject: `serviceaccount:${namespace}/worker`,
    roles: new Set(['agent', 'submitter']),
    tenant,
    fleet,
  });
  expect(asked).toEqual([{ url: 'https://kubernetes.default.svc/openid/v1/jwks', authorization: `Bearer ${own}` }]);
});

test('who is named by a team submits for it and does nothing else; who is named by nobody is refused', async () => {
  const { privateKey, authenticate } = await cluster();
  expect(await authenticate(await tokenOf(privateKey, 'shop', 'checkout'))).toEqual({
    subject: 'serviceaccount:shop/checkout',
    roles: new Set(['submitter']),
    tenant: 'acme',
  });
  expect(await authenticate(await tokenOf(privateKey, 'shop', 'other'))).toBe('refused');
  expect(await authenticate(await tokenOf(privateKey, 'shop', 'checkout', 'somebody-else'))).toBe('refused');
});

test('the mesh proves submitters in the same way', async () => {
  const mesh = meshAuthenticator(
    'acme.example',
    workloadsOf(() => fleets),
  );
  const by = (uri: string) =>
    mesh.authenticate({ authorization: undefined, forwardedClientCert: `By=x;URI=${uri}`, peer: '127.0.0.6' });
  expect(await by('spiffe://acme.example/ns/shop/sa/checkout')).toMatchObject({
    tenant: 'acme',
    roles: new Set(['submitter']),
  });
  expect(await by('spiffe://acme.example/ns/shop/sa/other')).toBe('refused');
  expect(await by('spiffe://other.example/ns/shop/sa/checkout')).toBe('refused');
});

test('keys that cannot be had say nothing about a token, and its own token is read again each time', async () => {
  const { privateKey, file } = await cluster();
  const renewed = await tokenOf(privateKey, 'nova-torch-system', 'nova-torch-scheduler', 'https://renewed');
  const seen: (string | null)[] = [];
  const { issuer, keys } = clusterIssuer(file, (_, options) => {
    seen.push(new Headers(options?.headers).get('authorization'));
    return Promise.reject(new TypeError('fetch failed'));
  });
  writeFileSync(file, renewed);
  const authenticator = serviceAccountAuthenticator(
    { issuer, keys, audience: 'nova-torch' },
    workloadsOf(() => fleets),
  );
  const authorization = `Bearer ${await tokenOf(privateKey, 'shop', 'checkout')}`;
  const credentials = { authorization, forwardedClientCert: undefined, peer: '10.0.0.7' };
  expect(await authenticator.authenticate(credentials)).toBe('unavailable');
  expect(seen).toEqual([`Bearer ${renewed}`]);
});

test('a file without a token is refused at the start', () => {
  const file = join(mkdtempSync(join(folder, 'token-')), 'token');
  expect(() => clusterIssuer(file)).toThrow('no such file');
  writeFileSync(file, 'nothing of the kind');
  expect(() => clusterIssuer(file)).toThrow('Invalid JWT');
});

test('a token of our own that names no issuer is no beginning', () => {
  const file = join(mkdtempSync(join(folder, 'token-')), 'token');
  writeFileSync(file, new UnsecuredJWT({}).encode());
  expect(() => clusterIssuer(file)).toThrow('the token names no issuer');
});
