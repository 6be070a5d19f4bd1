import { expect, test } from 'vitest';
import { isSecretVariable, masked, secretShapes } from './secret-shapes.ts';

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
  ['a Slack webhook', of('hooks.slack', '.com/services/T00000000/B00000000/', word.slice(0, 24))],
  ['a Discord webhook', of('discord', '.com/api/webhooks/123456789012345678/', word)],
  ['a SendGrid key', of('S', 'G.', word.slice(0, 22), '.', word)],
  ['a Hugging Face token', of('h', 'f_', word.slice(0, 34))],
  ['a Docker Hub token', of('dckr', '_pat_', word.slice(0, 27))],
  ['a PyPI token', of('py', 'pi-', word, word)],
  ['a DigitalOcean token', of('do', 'p_v1_', '0123456789abcdef'.repeat(4))],
  ['a Grafana token', of('gl', 'sa_', word)],
  ['a Groq key', of('gs', 'k_', word)],
  ['an age key', of('AGE-SECRET', '-KEY-1', word.toUpperCase())],
  ['a bearer token', of('Bea', 'rer ', word)],
  ['a bearer token', of('bea', 'rer  ', word)],
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
    'description: bearer tokens of internationalization are refused',
    'description: SG.example and hf_hub',
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

test('a variable that is called like a secret holds one, unless it leads elsewhere', () => {
  const names = [
    'PASSWORD',
    'DB_PASSWD',
    'CLIENT_SECRET',
    'GITHUB_TOKEN',
    'API_KEY',
    'VENDOR_APIKEY',
    'CREDENTIALS',
    'TOKEN_V2',
    'DB_PASSWORD_PROD',
  ];
  expect(names.filter((name) => isSecretVariable(name, 'hunter2'))).toEqual(names);
  for (const name of ['MAX_TOKENS', 'MAX_TOKEN', 'TOKENIZER', 'TOKEN_URL', 'SECRET_PATH', 'PASSWORD_FILE', 'CACHE_KEY'])
    expect(isSecretVariable(name, 'hunter2')).toBe(false);
  for (const value of ['', 'true', 'false', '/etc/nova-torch/secrets/TOKEN', '$(OTHER)'])
    expect(isSecretVariable('TOKEN', value)).toBe(false);
});

test('what a variable of a secret holds is never shown, whatever it is', () => {
  expect(masked('env: { PASSWORD: a,b }\nx: 1')).toBe('env: { PASSWORD: *****\nx: 1');
  expect(masked("  API_KEY: 'a, b'\n")).toBe("  API_KEY: '****'\n");
  expect(masked('"TOKEN": "x"')).toBe('"TOKEN": "*"');
  expect(masked('KEY: { path: kv/engineering/signing, field: key }')).toBe(
    'KEY: { path: kv/engineering/signing, field: key }',
  );
});
