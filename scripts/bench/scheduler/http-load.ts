import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { httpCaller } from '../../../runtime/load/http-caller.ts';
import { runLoad, type LoadReport } from '../../../runtime/load/run-load.ts';
import { SCHEDULER_NODE_OPTIONS } from '../../../spec/contract/node-options.ts';
import { BENCH_BUILD, BENCH_FLEET, BENCH_TEXT } from './bench-table.ts';

/**
 * Agents and submitters in a process of their own, this file run as a program: what else the benchmark keeps in its memory must
 * not make their pauses longer, and they share two processors with the scheduler as it does with them.
 */
export interface HttpLoad {
  readonly url: string;
  readonly token: string;
  readonly agents: number;
  readonly perSecond: number;
  readonly seconds: number;
}

const WARM_SECONDS = 3;
const WARM_PER_SECOND = 200;

/** Rejects with what the process said when it ends without a report. */
export async function httpLoad(load: HttpLoad): Promise<LoadReport> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url)], {
    env: { ...process.env, NODE_OPTIONS: SCHEDULER_NODE_OPTIONS },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // A token is nothing for a command line.
  child.stdin.end(JSON.stringify(load));
  const said = await text(child.stdout);
  if (said === '') throw new Error('the process that makes the load ended without a report');
  return JSON.parse(said) as LoadReport;
}

async function report({ url, token, agents, perSecond, seconds }: HttpLoad): Promise<LoadReport> {
  const caller = httpCaller(token);
  const load = (length: number, rate: number, run: string): Promise<LoadReport> =>
    runLoad({
      caller,
      url,
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
  try {
    // Connections, compiled code: not what is measured.
    await load(WARM_SECONDS, Math.min(perSecond, WARM_PER_SECOND), 'warm');
    return await load(seconds, perSecond, 'measured');
  } finally {
    caller.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const load = JSON.parse(await text(process.stdin)) as HttpLoad;
  process.stdout.write(JSON.stringify(await report(load)));
}
