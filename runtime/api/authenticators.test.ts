import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { fleet, table } from '../loops/testing/bench.ts';
import {
  devAuthenticator,
  meshAuthenticator,
  peopleAuthenticator,
  remoteKeys,
  serviceAccountAuthenticator,
  workloadsOf,
  type TokenIssuer,
} from './authenticators.ts';
import { bearerOf, isLoopback, whoCalls, type Credentials, type Identity } from './identity.ts';

const ISSUER = 'https://issuer.example';
const ROUTING = table({
  teams: { research: { weight: 1 }, sales: { weight: 1, submitters: ['shop/checkout'] } },
  fleets: { 'research/summarizer': fleet({ team: 'research', namespace: 'research--summarizer' }) },
});

let issuer: TokenIssuer;
let sign: (
  claims: JWTPayload,
  changes?: { readonly audience?: string; readonly expires?: string; readonly madeInSeconds?: number },
) => Promise<string>;
let signElse: typeof sign;

beforeAll(async () => {
  const ours = await generateKeyPair('ES256');
  const theirs = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'k-1', alg: 'ES256' };
  issuer = { issuer: ISSUER, audience: 'nova-torch', keys: createLocalJWKSet({ keys: [jwk] }) };
  const signWith =
    (key: CryptoKey): typeof sign =>
    (claims, { audience = 'nova-torch', expires = '10m', madeInSeconds = 0 } = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'k-1' })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt(Math.floor(Date.now() / 1000) + madeInSeconds)
        .setExpirationTime(expires)
        .sign(key);
  sign = signWith(ours.privateKey);
  signElse = signWith(theirs.privateKey);
});

function bearer(token: string, peer = '10.0.0.1'): Credentials {
  return { authorization: `Bearer ${token}`, forwardedClientCert: undefined, peer };
}

function plain(identity: Identity | 'refused' | 'unavailable' | undefined): unknown {
  return typeof identity === 'object' ? { ...identity, roles: [...identity.roles] } : identity;
}

function account(namespace: string, name: string): JWTPayload {
  return {
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name } },
  };
}

test('the token of one’s own machine counts on loopback only', async () => {
  const authenticator = devAuthenticator('secret');
  expect(plain(await authenticator.authenticate(bearer('secret', '127.0.0.1')))).toMatchObject({ isDeveloper: true });
  expect(plain(await authenticator.authenticate(bearer('secret', '::1')))).toMatchObject({ subject: 'developer' });
  expect(await authenticator.authenticate(bearer('secret', '10.0.0.1'))).toBeUndefined();
  expect(await authenticator.authenticate(bearer('secreT', '127.0.0.1'))).toBeUndefined();
  const nothing = { authorization: undefined, forwardedClientCert: undefined, peer: '127.0.0.1' };
  expect(await authenticator.authenticate(nothing)).toBeUndefined();
});

const OURS = 'spiffe://acme.example/ns/research--summarizer/sa/summarizer';
/** What a stranger sends, and what our proxy says of him behind it. */
const FORGED = `URI=${OURS};Subject="`;
const APPENDED = 'By=spiffe://acme.example/ns/nova/sa/x;Hash=ab;Subject="";URI=spiffe://acme.example/ns/evil/sa/x';

test.each([
  ['an agent', `URI=${OURS}`, { tenant: 'research', fleet: 'research/summarizer', roles: ['agent', 'submitter'] }],
  ['with other parts', `Hash=ab;Subject="CN=a;URI=x,y";URI=${OURS}`, { fleet: 'research/summarizer' }],
  ['one that a team names', 'URI=spiffe://acme.example/ns/shop/sa/checkout', { tenant: 'sales', roles: ['submitter'] }],
  ['only the last element is our proxy’s', `URI=${OURS},URI=spiffe://acme.example/ns/evil/sa/x`, 'refused'],
  ['a quote of the caller that swallows what our proxy appended', `${FORGED},${APPENDED}`, 'refused'],
  ['such a quote with another element before it', `Hash=ab,${FORGED},${APPENDED}`, 'refused'],
  ['another trust domain', OURS.replace('acme.example', 'evil.example').replace(/^/, 'URI='), 'refused'],
  ['a stranger', 'URI=spiffe://acme.example/ns/elsewhere/sa/x', 'refused'],
  ['no URI', 'Hash=ab', 'refused'],
  ['two URIs', `URI=${OURS};URI=${OURS}`, 'refused'],
  ['no SPIFFE id', 'URI=https://acme.example', 'refused'],
  ['too long', `URI=${OURS};${'x'.repeat(20_000)}`, 'refused'],
])('the mesh’s word about %s', async (_, header, expected) => {
  const authenticator = meshAuthenticator(
    'acme.example',
    workloadsOf(() => ROUTING),
  );
  const credentials = { authorization: undefined, forwardedClientCert: header, peer: '127.0.0.6' };
  const found = plain(await authenticator.authenticate(credentials));
  if (typeof expected === 'string') expect(found).toBe(expected);
  else expect(found).toMatchObject(expected);
  // Over the network, or from a port that was forwarded, anybody could have written it.
  for (const peer of ['10.0.0.1', '127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    expect(await authenticator.authenticate({ ...credentials, peer })).toBeUndefined();
  }
  expect(plain(await authenticator.authenticate({ ...credentials, peer: '::6' }))).toEqual(found);
  expect(await authenticator.authenticate({ ...credentials, forwardedClientCert: undefined })).toBeUndefined();
});

test('a workload that may do nothing itself, as a gateway, may bring the token of somebody; one that is known may not', async () => {
  const mesh = meshAuthenticator(
    'acme.example',
    workloadsOf(() => ROUTING),
  );
  const ask = (uri: string, authorization?: string) =>
    mesh.authenticate({ authorization, forwardedClientCert: `URI=${uri}`, peer: '127.0.0.6' });
  const gateway = 'spiffe://acme.example/ns/istio-system/sa/istio-ingressgateway';
  expect(await ask(gateway, 'Bearer x')).toBeUndefined();
  expect(await ask(gateway)).toBe('refused');
  expect(await ask('spiffe://evil.example/ns/istio-system/sa/istio-ingressgateway', 'Bearer x')).toBe('refused');
  expect(plain(await ask(OURS, 'Bearer x'))).toMatchObject({ fleet: 'research/summarizer' });
});

test('a ServiceAccount is the agent of its namespace’s fleet, or who a team names', async () => {
  const authenticator = serviceAccountAuthenticator(
    issuer,
    workloadsOf(() => ROUTING),
  );
  const ask = async (claims: JWTPayload): Promise<unknown> =>
    plain(await authenticator.authenticate(bearer(await sign(claims))));
  expect(await ask(account('research--summarizer', 'summarizer'))).toMatchObject({
    subject: 'serviceaccount:research--summarizer/summarizer',
    fleet: 'research/summarizer',
    tenant: 'research',
  });
  expect(await ask(account('shop', 'checkout'))).toMatchObject({ roles: ['submitter'], tenant: 'sales' });
  expect(await ask(account('shop', 'other'))).toBe('refused');
  expect(await ask(account('research--summarizer', ''))).toBe('refused');
  expect(await ask({ 'kubernetes.io': { namespace: 'shop' } })).toBe('refused');
  expect(await ask({ 'kubernetes.io': { namespace: 1, serviceaccount: { name: 'x' } } })).toBe('refused');
  expect(await ask({ 'kubernetes.io': null })).toBe('refused');
});

test('a person is what the groups say, and nobody without one that counts', async () => {
  const authenticator = peopleAuthenticator(issuer, 'groups');
  const ask = async (claims: JWTPayload): Promise<unknown> =>
    plain(await authenticator.authenticate(bearer(await sign(claims))));
  expect(await ask({ sub: 'ann', groups: ['nova-torch:operators', 'team:sales'] })).toEqual({
    subject: 'person:ann',
    roles: ['operator', 'submitter'],
    tenant: 'sales',
  });
  expect(await ask({ sub: 'bob', groups: ['nova-torch:auditors', 7] })).toEqual({
    subject: 'person:bob',
    roles: ['auditor'],
  });
  expect(await ask({ sub: 'cat', groups: ['team:shop', 'x', 'team:sales', 'team:shop'] })).toEqual({
    subject: 'person:cat',
    roles: ['submitter'],
    teams: ['sales', 'shop'],
  });
  expect(await ask({ sub: 'dan', groups: ['team:shop', 'team:shop'] })).toMatchObject({ tenant: 'shop' });
  expect(await ask({ sub: 'eve', groups: ['team:', 'team:UPPER', 'others'] })).toBe('refused');
  expect(await ask({ sub: 'eve', groups: 'nova-torch:operators' })).toBe('refused');
  expect(await ask({ groups: ['nova-torch:operators'] })).toBe('refused');
});

test('a token that is not wholly right is refused, and one of another issuer is left to the next', async () => {
  const authenticator = serviceAccountAuthenticator(
    issuer,
    workloadsOf(() => ROUTING),
  );
  const claims = account('research--summarizer', 'summarizer');
  const now = Math.floor(Date.now() / 1000);
  const unsecured = new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience('nova-torch').setIssuedAt();
  const symmetric = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience('nova-torch')
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(new Uint8Array(32));
  const wrong = {
    'by another key': await signElse(claims),
    'for another audience': await sign(claims, { audience: 'other' }),
    'over for longer than clocks differ': await sign(claims, { expires: '-31s' }),
    'not yet valid': await sign({ ...claims, nbf: now + 60 }),
    unsigned: unsecured.setExpirationTime('10m').encode(),
    'signed with a shared secret': symmetric,
    changed: (await sign(claims)).replace(/\.[^.]+\./, (part) => `${part.slice(0, -3)}x.`),
  };
  for (const [what, token] of Object.entries(wrong)) {
    const answer = await authenticator.authenticate(bearer(token));
    // What cannot be read at all names no issuer.
    expect([what, answer]).toEqual([what, what === 'changed' && answer === undefined ? undefined : 'refused']);
  }
  expect(plain(await authenticator.authenticate(bearer(await sign(claims, { expires: '-10s' }))))).toMatchObject({
    tenant: 'research',
  });
  const other = serviceAccountAuthenticator(
    { ...issuer, issuer: 'https://other.example' },
    workloadsOf(() => ROUTING),
  );
  expect(await other.authenticate(bearer(await sign(claims)))).toBeUndefined();
  expect(await authenticator.authenticate(bearer('no-token'))).toBeUndefined();
  expect(await authenticator.authenticate({ ...bearer('x'), authorization: 'Basic eDp5' })).toBeUndefined();
});

test('a token that was made in the future is refused, except by as much as clocks may differ', async () => {
  const authenticator = serviceAccountAuthenticator(
    issuer,
    workloadsOf(() => ROUTING),
  );
  const madeIn = async (seconds: number) =>
    authenticator.authenticate(bearer(await sign(account('shop', 'checkout'), { madeInSeconds: seconds })));
  expect(await madeIn(60)).toBe('refused');
  expect(plain(await madeIn(20))).toMatchObject({ tenant: 'sales' });
});

test.for([
  ['an error', 500, '{}'],
  ['another place', 302, ''],
  ['a page', 200, '<html>'],
  ['no keys', 200, '{"keys":"none"}'],
  ['nothing', 200, 'null'],
] as const)('keys in whose place there is %s say nothing about a token either', async ([, status, body]) => {
  const server = createServer((_, response) => response.writeHead(status, { location: '/' }).end(body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const keys = remoteKeys(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const authenticator = serviceAccountAuthenticator(
    { ...issuer, keys },
    workloadsOf(() => ROUTING),
  );
  expect(await authenticator.authenticate(bearer(await sign(account('shop', 'checkout'))))).toBe('unavailable');
  server.close();
});

test('keys that cannot be fetched say nothing about a token', async () => {
  const keys = remoteKeys('http://127.0.0.1:9/keys');
  const authenticator = serviceAccountAuthenticator(
    { ...issuer, keys },
    workloadsOf(() => ROUTING),
  );
  expect(await authenticator.authenticate(bearer(await sign(account('shop', 'checkout'))))).toBe('unavailable');
});

test('the first that recognises what it is shown decides; nobody means refused', async () => {
  const asked: string[] = [];
  const one = (name: string, answer: Identity | 'refused' | undefined) => ({
    name,
    authenticate: () => {
      asked.push(name);
      return Promise.resolve(answer);
    },
  });
  expect(await whoCalls([one('a', undefined), one('b', 'refused'), one('c', undefined)], bearer('x'))).toBe('refused');
  expect(asked).toEqual(['a', 'b']);
  expect(await whoCalls([], bearer('x'))).toBe('refused');
  expect(bearerOf(bearer('a'.repeat(8193)))).toBeUndefined();
  expect(bearerOf({ ...bearer(''), authorization: 'BEARER abc' })).toBe('abc');
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost', '10.0.0.1', '127.0.0.1.evil'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
