import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import { ROUTES_OF_FLEET_MAX, type RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';
import { systemClock } from './clock.ts';
import { readTable, watchTable } from './table-source.ts';
import { route, table } from './testing/bench.ts';

let folder: string;
let stop = (): void => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-table-'));
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true });
});

function signed(changes: Partial<RoutingTable> = {}): RoutingTable {
  const { digest: _, ...rest } = table(changes);
  const own = createHash('sha256').update(canonicalJson(rest as unknown as Json));
  return { ...rest, digest: `sha256-${own.digest('hex')}` };
}

test('the table in force is told of again when one that was refused has gone, and once only', async () => {
  const path = join(folder, 'routing-table.json');
  const [good, other] = [signed(), signed({ providers: { brain: { breaker: { errors: 5, openForMs: 30_000 } } } })];
  const told: string[] = [];
  // At once, so that nothing is read while it is written.
  const write = (value: object): void => {
    writeFileSync(`${path}.new`, JSON.stringify(value));
    renameSync(`${path}.new`, path);
  };
  const isTold = (last: string): Promise<void> => vi.waitFor(() => expect(told.at(-1)).toBe(last), { timeout: 5000 });

  write(good);
  stop = watchTable({
    path,
    clock: systemClock,
    everyMs: 5,
    first: good.digest,
    onTable: ({ digest }) => told.push(digest),
    onRefused: () => told.push('refused'),
  });
  write({ ...good, digest: 'sha256-wrong' });
  await isTold('refused');
  write(good);
  await isTold(good.digest);
  write({ ...other, digest: 'sha256-wrong' });
  await isTold('refused');
  write(other);
  await isTold(other.digest);
  write(good);
  await isTold(good.digest);
  expect(told).toEqual(['refused', good.digest, 'refused', other.digest, good.digest]);
});

test('a table that cannot be used after all is refused once, looked at no less, and ends nothing', async () => {
  const path = join(folder, 'routing-table.json');
  const [good, bad] = [signed(), signed({ providers: { brain: { breaker: { errors: 5, openForMs: 30_000 } } } })];
  const told: string[] = [];
  const unhandled: unknown[] = [];
  const note = (error: unknown): unknown => unhandled.push(error);
  process.on('unhandledRejection', note);
  let tries = 0;
  writeFileSync(path, JSON.stringify(bad));
  stop = watchTable({
    path,
    clock: systemClock,
    everyMs: 5,
    first: good.digest,
    onTable: ({ digest }) => {
      tries += 1;
      if (digest === bad.digest) throw new TypeError('to.some is not a function');
      told.push(digest);
    },
    onRefused: (reason) => told.push(reason),
  });
  await vi.waitFor(() => expect(tries).toBeGreaterThan(2), { timeout: 5000 });
  writeFileSync(`${path}.new`, JSON.stringify(good));
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(told.at(-1)).toBe(good.digest), { timeout: 5000 });
  expect(told).toEqual([`${path} cannot be used: to.some is not a function`, good.digest]);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test('the table in force is read as text and no more, as long as it is the same', async () => {
  const path = join(folder, 'routing-table.json');
  const good = signed();
  writeFileSync(path, JSON.stringify(good));
  const parse = vi.spyOn(JSON, 'parse');
  let looks = 0;
  const clock = {
    ...systemClock,
    after: (ms: number, then: () => void) => ((looks += 1), systemClock.after(ms, then)),
  };
  const never = (): void => expect.fail('nothing is new');
  stop = watchTable({ path, clock, everyMs: 5, first: good.digest, onTable: never, onRefused: never });
  await vi.waitFor(() => expect(looks).toBeGreaterThan(5), { timeout: 5000 });
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

const manyRoutes = (count: number): RoutingTable =>
  signed({ routes: Array.from({ length: count }, (_, index) => route({ id: `research/r-${index}` })) });

test('a table with a fleet of more routes than a scheduler takes is not read; one with as many is', async () => {
  const path = join(folder, 'routing-table.json');
  writeFileSync(path, JSON.stringify(manyRoutes(ROUTES_OF_FLEET_MAX)));
  expect(await readTable(path)).toMatchObject({ kind: 'table' });
  writeFileSync(path, JSON.stringify(manyRoutes(ROUTES_OF_FLEET_MAX + 1)));
  expect(await readTable(path)).toEqual({
    kind: 'refused',
    reason: `${path} cannot be used: 1001 routes lead to the fleet research/summarizer, and a scheduler takes at most 1000: let one route take several task types, or split the fleet`,
  });
});

test('a table that no scheduler could run is refused while another one is in force', async () => {
  const path = join(folder, 'routing-table.json');
  const told: string[] = [];
  writeFileSync(path, JSON.stringify(manyRoutes(ROUTES_OF_FLEET_MAX + 1)));
  stop = watchTable({
    path,
    clock: systemClock,
    everyMs: 5,
    first: signed().digest,
    onTable: () => told.push('used'),
    onRefused: (reason) => told.push(reason),
  });
  await vi.waitFor(() => expect(told).toEqual([expect.stringContaining('1001 routes lead to')]), { timeout: 5000 });
});

test('a table whose parts are not what they should be is refused, and breaks nothing', async () => {
  const path = join(folder, 'routing-table.json');
  for (const routes of [[{ ...route(), to: null }], [null]]) {
    writeFileSync(path, JSON.stringify(signed({ routes: routes as unknown as RoutingTable['routes'] })));
    expect(await readTable(path)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('cannot be used') });
  }
});

test.each([
  ['a number beyond all bounds', '1e999'],
  ['lists nested far too deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
])('a table with %s is refused, at the start and while another one is in force', async (_, slots) => {
  const path = join(folder, 'routing-table.json');
  writeFileSync(path, JSON.stringify(signed()).replace('"slots":4', `"slots":${slots}`));
  const reason = `${path} cannot be used: it has a number beyond all bounds, or lists and maps nested far too deeply`;
  expect(await readTable(path)).toEqual({ kind: 'refused', reason });
  const told: string[] = [];
  const watched = { path, clock: systemClock, everyMs: 5, first: signed().digest };
  stop = watchTable({ ...watched, onTable: () => told.push('used'), onRefused: (said) => told.push(said) });
  await vi.waitFor(() => expect(told).toEqual([reason]), { timeout: 5000 });
  writeFileSync(`${path}.new`, JSON.stringify(signed()));
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(told).toEqual([reason, 'used']), { timeout: 5000 });
});

test('the table of another environment is refused with what says which one it is', async () => {
  const path = join(folder, 'routing-table.json');
  writeFileSync(path, JSON.stringify(signed()));
  const { environment } = signed();
  expect(await readTable(path, 'elsewhere')).toEqual({
    kind: 'refused',
    reason: `${path} is of the environment ${environment}, this scheduler runs in elsewhere: see NOVA_TORCH_ENVIRONMENT`,
  });
});
