import { expect, test } from 'vitest';
import { masked, secretShapes } from './secret-shapes.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const of = (...parts: readonly string[]) => parts.join('');
const word = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5';

test.each([
  ['a private key', of('-----BEGIN EC PRI', 'VATE KEY-----\nMHcCAQEE\n-----END EC PRI', 'VATE KEY-----')],
  ['an AWS access key', of('AK', 'IA', 'ABCDEFGHIJKLMNOP')],
  ['a GitHub token', of('gh', 'p_', word)],
  ['a GitHub token', of('github', '_pat_', word)],
  ['a GitLab token', of('gl', 'pat-', word.slice(0, 20))],
  ['a Slack token', of('xo', 'xb-', '123456789012-abc')],
  ['a Google API key', of('AI', 'za', word.slice(0, 35))],
  ['a Stripe key', of('sk', '_live_', word)],
  ['an API key', of('sk', '-', word)],
  ['an npm token', of('np', 'm_', word)],
  ['a Vault token', of('hv', 's.', word)],
  ['a JSON Web Token', of('ey', 'J', word, '.ey', 'J', word, '.', word)],
  ['an Azure storage key', of('Account', 'Key=', word, word)],
  ['an address with a password', of('us', 'er:hunter2@')],
])('%s is recognised', (what, secret) => {
  const before = what === 'an address with a password' ? 'postgres://' : 'x: ';
  const text = `${before}${secret} y\n`;
  expect(secretShapes(text)).toEqual([{ what, start: before.length, end: before.length + secret.length }]);
  expect(masked(text)).toBe(`${before}${secret.replace(/[^\n]/g, '*')} y\n`);
});

test('a random value of a field that is called like a secret is recognised', () => {
  for (const field of ['password', 'db_password', 'API-KEY', 'accessKey', 'TOKEN', '"client_secret"', 'Passphrase']) {
    expect(secretShapes(`${field}: ${word}\n`).map(({ what }) => what)).toEqual(['a password or token']);
  }
});

test('words, paths, digests, addresses and references are no secrets', () => {
  const texts = [
    'token: kv/engineering/vendor-a-2/key',
    'password: correct-horse-battery-staple',
    'secret: { path: kv/engineering/signing1, field: api_key2 }',
    'token: https://auth2.acme.example/v1/token9',
    'password: $(cat /run/secrets/PASSWORD_1)',
    'password: aaaaaaaaaaaaaaaaaa1',
    'api_key: field_one_two_three',
    'image: ghcr.io/acme/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'url: https://gateway.acme.example/vendor-a',
    'email: a@b.example',
    'task-force: sk-learn',
    'name: eyJust.eyJust',
  ];
  expect(texts.filter((text) => secretShapes(text).length > 0)).toEqual([]);
});

test('one secret inside another is one', () => {
  expect(secretShapes(of('token: gh', 'p_', word))).toHaveLength(1);
});

test('a private key without an end hides all that follows', () => {
  expect(masked(of('x: -----BEGIN PRI', 'VATE KEY-----\nMIIE\n'))).toBe(`x: ${'*'.repeat(27)}\n****\n`);
});
