import { expect, test } from 'vitest';
import { startScheduler } from '../loops/scheduler.ts';
import { SimDisk } from './sim-disk.ts';
import { SimServer } from './sim-server.ts';
import { FAIR_WEATHER, simStore } from './sim-store.ts';
import { drawShape, FLEET, simTable } from './table.ts';
import { World } from './world.ts';

/** Tenants that always want more than there is, with weights, on a system whose store is lost now and then. */
const WEIGHTS = { acme: 4, umbrella: 2, initech: 1 } as const;
const WORK_MS = 100;

async function sharesUnder(seed: number): Promise<Readonly<Record<string, number>>> {
  const world = new World(seed);
  const server = new SimServer(world);
  const life = { alive: true, skewMs: 0 };
  const shape = { ...drawShape(world), pushed: false, perKey: false, affinity: false, aging: false, rate: false };
  const plain = simTable({ ...shape, queueMs: 3_600_000, runMs: 20_000 }, 1);
  const routes = plain.routes.map((route) => ({
    ...route,
    fairness: { key: 'tenant', weights: WEIGHTS },
    fallback: [],
    queue: { ...route.queue, maxAgeMs: 3_600_000, maxDepth: 100_000 },
  }));
  const starting = startScheduler({
    name: 's-0',
    schedulers: ['s-0'],
    table: { ...plain, routes },
    store: simStore(world, server, { ...FAIR_WEATHER }, life),
    journal: new SimDisk(world).open(life, () => undefined),
    clock: world.clock(life),
    bounds: { tickMs: 250, idleTickMs: 1000, holdMs: 3000, patienceMs: 3000 },
  });
  await world.run(world.now + 1000);
  const scheduler = await starting;
  for (const tenant of Object.keys(WEIGHTS)) {
    for (let task = 0; task < 700; task += 1) {
      const request = { task: 'work', input: { key: `${tenant}-${task}` } };
      void scheduler.submit({ tenant, subject: tenant, key: `${tenant}-${task}`, bytes: 20, request });
    }
  }
  const ran: Record<string, number> = {};
  const work = async (name: string): Promise<void> => {
    const agent = { fleet: FLEET, name };
    while (life.alive) {
      const request = { build: 'v1', slots: 1, free: 1, waitMs: 1000 };
      const { tasks } = await scheduler.poll(agent, request, new AbortController().signal);
      for (const { id, token, tenant } of tasks) {
        await world.pause(WORK_MS);
        const outcome = await scheduler.complete({ id, token, agent }, 'done').catch(() => undefined);
        if (outcome?.kind === 'settled') ran[tenant] = (ran[tenant] ?? 0) + 1;
      }
    }
  };
  for (let agent = 0; agent < 6; agent += 1) void work(`w-${agent}`);
  for (const atMs of [6000, 12_000]) world.after(atMs, () => server.restart('nothing', 200));
  await world.run(world.now + 20_000);
  life.alive = false;
  return ran;
}

test(
  'tenants get their shares within a tenth, whoever submits most, also when the store is lost',
  { timeout: 120_000 },
  async () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const ran = await sharesUnder(seed);
      const all = Object.values(ran).reduce((sum, count) => sum + count, 0);
      expect(all).toBeGreaterThan(500);
      for (const [tenant, weight] of Object.entries(WEIGHTS)) {
        const share = (ran[tenant] ?? 0) / all;
        expect([tenant, Math.abs(share - weight / 7) <= weight / 70]).toEqual([tenant, true]);
      }
    }
  },
);
