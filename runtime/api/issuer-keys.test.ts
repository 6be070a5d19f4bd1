import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { isUnreachable, remoteKeys } from './authenticators.ts';
import { askForKeys, KEYS_BYTES_MAX } from './issuer-keys.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function issuer(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

/** As fast as it is read, until the other side is gone. */
function endless(response: ServerResponse): void {
  const part = Buffer.alloc(65_536, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', more);
  more();
}

test('keys without end are not read to their end, and are keys that cannot be had', async () => {
  const keys = remoteKeys(await issuer(endless));
  const failed = await Promise.resolve(keys({ alg: 'RS256', kid: 'any' }, { payload: '', signature: '' })).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({ cause: { message: `its keys have more than ${KEYS_BYTES_MAX} bytes` } });
  expect(isUnreachable(failed)).toBe(true);
});

test('what is within the bound comes as it is, and so does another answer, of which nothing is read', async () => {
  const whole = 'x'.repeat(KEYS_BYTES_MAX);
  const good = await askForKeys()(await issuer((response) => response.end(whole)));
  expect(await good.text()).toBe(whole);
  const url = await issuer((response) => {
    response.writeHead(500);
    endless(response);
  });
  expect((await askForKeys()(url)).status).toBe(500);
});
