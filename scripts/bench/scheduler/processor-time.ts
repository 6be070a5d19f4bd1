import type { Redis } from 'ioredis';

/** Of this process, and of the server of the store. */
export interface ProcessorTime {
  readonly nodeUs: number;
  readonly serverUs: number;
}

/** What was used since the moment this was called, each time the answer is called. */
export async function processorTimeFromNow(admin: Redis): Promise<() => Promise<ProcessorTime>> {
  const before = { node: process.cpuUsage(), server: await serverUs(admin) };
  return async () => {
    const { user, system } = process.cpuUsage(before.node);
    return { nodeUs: user + system, serverUs: (await serverUs(admin)) - before.server };
  };
}

async function serverUs(admin: Redis): Promise<number> {
  const info = await admin.info('cpu');
  const seconds = (name: string): number => Number(new RegExp(`^${name}:([0-9.]+)`, 'm').exec(info)?.[1] ?? Number.NaN);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
}
