import { served, type Served } from '../../api/testing/served.ts';
import { accept, Bench, fleet, table } from '../../loops/testing/bench.ts';
import { afterEach } from 'vitest';

export const FLEET = 'research/summarizer';

/** What was started ends with its test, the workers before the scheduler that they speak to. */
let api: Served | undefined;
const workers: { drain(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((one) => one.drain()));
  await api?.close();
  api = undefined;
});

/** A scheduler with an API, to be closed by itself. */
export async function serving(options: Parameters<typeof served>[0]): Promise<Served> {
  api = await served(options);
  return api;
}

/** The same, of one fleet that takes `summarize`; its address. */
export async function servedFleet(changes: Parameters<typeof accept>[0] = {}, drainMs = 1000): Promise<string> {
  const accepts = { summarize: accept(changes) };
  const scheduling = { table: table({ fleets: { [FLEET]: fleet({ accepts, drainMs }) } }) };
  return (await serving({ bench: new Bench(), scheduling })).api.url;
}

/** A worker that drains when its test ends. */
export function drained<Worker extends { drain(): Promise<void> }>(one: Worker): Worker {
  workers.push(one);
  return one;
}
