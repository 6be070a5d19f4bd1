import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';

const cwd = tmpdir();

test('an address where something listens already is refused at once: it judges agents, and no scheduler', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const refused = await runHere(['conform', `http://127.0.0.1:${port}`], { cwd });
  other.close();
  expect(refused).toEqual({
    code: 2,
    stdout: '',
    stderr:
      `error: it cannot listen on 127.0.0.1:${port}: another process listens there\n` +
      '  it is a scheduler itself for as long as it judges: name an address where nobody listens\n' +
      '  see: nova-torch conform --help\n',
  });
});

test('where no agent comes it says so in time, and judges nothing', { timeout: 15_000 }, async () => {
  const alone = await runHere(['conform', 'http://127.0.0.1:0', '--timeout', '5'], { cwd });
  const start = /start the agent with \S+ NOVA_TORCH_FLEET=conform\/conform/.exec(alone.stderr)?.[0] ?? '';
  expect(alone).toEqual({
    code: 1,
    stdout: '',
    stderr: `${start}; it has 5 s\nerror: no agent came within 5 s\n  ${start}\n  --timeout gives it longer\n`,
  });
  expect(start).not.toBe('');
});
