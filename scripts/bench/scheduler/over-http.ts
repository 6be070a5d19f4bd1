import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schedulerProcess } from '../../../runtime/chaos/scheduler-process.ts';
import type { LoadReport } from '../../../runtime/load/run-load.ts';
import { benchTable } from './bench-table.ts';
import { httpLoad } from './http-load.ts';

/**
 * `nova-torch serve` as it is shipped, in a process of its own with a journal that is synced, under open-loop load: agents are
 * long polls of another process. Times count from the moment a task was meant to be submitted until its agent has it.
 */
export async function overHttp(
  { command, storeUrl, name }: { readonly command: string; readonly storeUrl: string; readonly name: string },
  load: { readonly agents: number; readonly perSecond: number; readonly seconds: number },
): Promise<LoadReport> {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-bench-'));
  const token = randomBytes(24).toString('base64url');
  mkdirSync(join(folder, 'table'));
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  writeFileSync(join(folder, 'table', 'routing-table.json'), JSON.stringify(benchTable()));
  let ended: string | undefined;
  const server = schedulerProcess({
    name: `${name}-0`,
    folder,
    program: [command],
    env: {
      NOVA_TORCH_ENVIRONMENT: 'bench',
      NOVA_TORCH_HTTP_PORT: '0',
      NOVA_TORCH_OPS_PORT: '0',
      NOVA_TORCH_SCHEDULER_COUNT: '1',
      NOVA_TORCH_LAME_DUCK_MS: '0',
      NOVA_TORCH_STORE_URL: storeUrl,
      NOVA_TORCH_ROUTING_DIR: join(folder, 'table'),
      NOVA_TORCH_AUTH_DEV_TOKEN_FILE: join(folder, 'token'),
    },
    wire: { port: 0, lead: () => undefined },
    onUnasked: (says) => {
      ended = says;
    },
  });
  try {
    await server.start();
    const report = await httpLoad({ url: server.apiUrl(), token, ...load });
    if (ended !== undefined) throw new Error(ended);
    return report;
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
