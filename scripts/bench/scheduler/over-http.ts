import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schedulerProcess } from '../../../runtime/chaos/scheduler-process.ts';
import { httpCaller } from '../../../runtime/load/http-caller.ts';
import { runLoad, type LoadReport } from '../../../runtime/load/run-load.ts';
import { BENCH_BUILD, BENCH_FLEET, BENCH_TEXT, benchTable } from './bench-table.ts';

/**
 * `nova-torch serve` as it is shipped, in a process of its own with a journal that is synced, under open-loop load: agents are
 * long polls of this process. Times count from the moment a task was meant to be submitted until its agent has it.
 */
export async function overHttp(
  { command, storeUrl, name }: { readonly command: string; readonly storeUrl: string; readonly name: string },
  { agents, perSecond, seconds }: { readonly agents: number; readonly perSecond: number; readonly seconds: number },
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
  const caller = httpCaller(token);
  try {
    await server.start();
    const load = (length: number, rate: number, run: string): Promise<LoadReport> =>
      runLoad({
        caller,
        url: server.apiUrl(),
        profile: {
          about: 'the benchmark',
          ...{ users: 1, usersPerSecond: 1, seconds: length, perSecond: rate },
          bounds: { meanMs: Infinity, p95Ms: Infinity, errors: 1, served: 0 },
        },
        order: { task: 'work', input: { text: BENCH_TEXT } },
        agents: { fleet: BENCH_FLEET, build: BENCH_BUILD, count: agents, slots: 1 },
        stop: new AbortController().signal,
        run,
      });
    // Connections, compiled code: not what is measured.
    await load(3, Math.min(perSecond, 200), 'warm');
    const report = await load(seconds, perSecond, 'measured');
    if (ended !== undefined) throw new Error(ended);
    return report;
  } finally {
    caller.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
