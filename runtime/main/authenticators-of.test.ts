import { generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { Config } from '../ops/config/fields.ts';
import { readConfig } from '../ops/config/read-config.ts';
import { authenticatorsOf } from './authenticators-of.ts';

const ISSUER = 'https://login.acme.example';

function settings(env: Readonly<Record<string, string>>): Config {
  const read = readConfig(undefined, env);
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  return read.config;
}

test('keys that cannot be had are told with the reason, and not by each request anew', async () => {
  const config = settings({
    NOVA_TORCH_AUTH_PEOPLE_ISSUER: ISSUER,
    NOVA_TORCH_AUTH_PEOPLE_KEYS: 'http://nowhere.invalid/keys',
  });
  const told: string[] = [];
  const [people] = authenticatorsOf(
    config,
    () => 'refused',
    (issuer, error) => told.push(`${issuer}: ${error.message}`),
  );
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ iss: ISSUER }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  const shown = { authorization: `Bearer ${token}`, forwardedClientCert: undefined, peer: '10.0.0.1' };
  const answers = [await people?.authenticate(shown), await people?.authenticate(shown)];
  expect([answers, told]).toEqual([
    ['unavailable', 'unavailable'],
    [expect.stringMatching(/^https:\/\/login.acme.example: getaddrinfo \w+ nowhere.invalid$/)],
  ]);
});
