import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpCaller } from './http-caller.ts';
import { loadText } from './load-text.ts';
import { intendedMoments } from './pace.ts';
import { percentiles } from './percentiles.ts';
import { PROFILES, type LoadProfile } from './profiles.ts';
import { runLoad } from './run-load.ts';
import { checkBounds } from './verdict.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A scheduler that answers as it is told. */
async function scheduler(answer: (n: number) => { status: number; afterMs?: number; body?: object }): Promise<string> {
  let n = 0;
  const server = createServer((request, response) => {
    request.resume();
    const { status, afterMs = 0, body = { id: `task-${n}`, status: 'accepted' } } = answer((n += 1));
    setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), afterMs);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const BRIEF: LoadProfile = {
  about: 'a moment',
  ...{ users: 1, usersPerSecond: 1000, seconds: 1, perSecond: 100 },
  bounds: { meanMs: 200, p95Ms: 300, errors: 0.1, served: 0.5 },
};

async function loaded(url: string, profile = BRIEF, stop = new AbortController().signal) {
  const caller = httpCaller('token');
  const report = await runLoad({ caller, url, profile, order: { task: 'work' }, stop, run: 'test' });
  caller.close();
  return report;
}

test('requests are meant to be sent as the users come, whatever is answered', () => {
  const profile = { ...BRIEF, users: 4, usersPerSecond: 2, seconds: 4, perSecond: 40 };
  const moments = [...intendedMoments(profile)];
  const perHalfSecond = Array.from(
    { length: 8 },
    (_, half) => moments.filter((at) => Math.floor(at / 500) === half).length,
  );
  expect(perHalfSecond.map((count) => Math.round(count / 5))).toEqual([1, 2, 3, 4, 4, 4, 4, 4]);
  expect(moments[0]).toBe(0);
});

test('at a rate at which many users come between two requests, as many are meant as the users add up to', () => {
  const profile = { ...BRIEF, users: 2000, usersPerSecond: 200, seconds: 60, perSecond: 10 };
  const moments = [...intendedMoments(profile)];
  const until = (seconds: number) => moments.filter((at) => at < seconds * 1000).length;
  // Half the rate on average while they come, the whole rate then.
  expect(Math.abs(until(10) - 50)).toBeLessThanOrEqual(1);
  expect(Math.abs(until(60) - until(10) - 500)).toBeLessThanOrEqual(1);
});

test('a pause of the scheduler shows in every request that was meant for it, not in one', async () => {
  const begun = performance.now();
  // It stands still for 400 ms, then answers all.
  const url = await scheduler(() => ({ status: 201, afterMs: Math.max(0, begun + 600 - performance.now()) }));
  const { submitMs, sent, answered } = await loaded(url);
  expect([sent, answered]).toEqual([100, 100]);
  expect(submitMs.p50Ms).toBeGreaterThan(20);
  expect(submitMs.maxMs).toBeGreaterThan(400);
});

test('what was refused with 429 is no error and not served; everything else is counted by its code', async () => {
  const url = await scheduler((n) => {
    if (n % 4 === 0) return { status: 429, body: { type: 'https://nova-torch.dev/problems/queue-full' } };
    if (n % 4 === 1) return { status: 503, body: { type: 'https://nova-torch.dev/problems/unavailable' } };
    return { status: 201 };
  });
  const report = await loaded(url);
  expect(report).toMatchObject({ sent: 100, answered: 50, refused: 25, failed: 25 });
  expect(report.errors).toEqual({ 'queue-full': 25, unavailable: 25 });
  const checks = checkBounds({ ...BRIEF, bounds: { ...BRIEF.bounds, served: 0.9 } }, report);
  expect(checks.filter(({ held }) => !held).map(({ bound }) => bound)).toEqual(['errors', 'served']);
  expect(loadText('brief', BRIEF, report, checks).join('\n')).toContain('broken  errors  25.00 %, at most 10.00 %');
});

const STRICT = { ...BRIEF, bounds: { ...BRIEF.bounds, served: 0.95 } };
/** Ends long before its users are there. */
const RAMP = { ...STRICT, users: 100, usersPerSecond: 20, perSecond: 500 };

test.for([
  ['a run that ends before all users are there', RAMP, 50],
  ['a whole profile', STRICT, 100],
] as const)('%s is held against what it was meant to send', async ([, profile, meant]) => {
  const all = await loaded(await scheduler(() => ({ status: 201 })), profile);
  expect(Math.abs(all.meantPerSecond - meant)).toBeLessThan(5);
  expect(checkBounds(profile, all).at(-1)).toMatchObject({ held: true, limit: all.meantPerSecond * 0.95 });
  const most = await loaded(await scheduler((n) => ({ status: n % 10 === 0 ? 429 : 201 })), profile);
  expect(checkBounds(profile, most).at(-1)).toMatchObject({ bound: 'served', held: false });
});

test('a run that ends on the way to its rate says so', async () => {
  const short = await loaded(await scheduler(() => ({ status: 201 })), RAMP);
  const lines = loadText('ramp', RAMP, short, checkBounds(RAMP, short));
  expect(lines.at(-1)).toBe(
    'it ended before all 100 users were there, after 5 s: its rate of 500 per second was not tried',
  );
  const whole = loadText('brief', BRIEF, { ...short, seconds: BRIEF.seconds }, checkBounds(BRIEF, short));
  expect(whole.at(-1)).toMatch(/^(held|broken) {2,}served/);
});

test('a run that is stopped is held against what was due by then, also where it was too late to send it', async () => {
  const url = await scheduler(() => ({ status: 201 }));
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 300);
  const stopped = await loaded(url, { ...BRIEF, seconds: 60 }, stopping.signal);
  expect(stopped.sent).toBeLessThan(50);
  expect(checkBounds(BRIEF, stopped).at(-1)).toMatchObject({ held: true });
  const late = new AbortController();
  setTimeout(() => {
    for (const until = performance.now() + 300; performance.now() < until;);
    late.abort();
  }, 200);
  const behind = await loaded(url, STRICT, late.signal);
  expect(behind.servedPerSecond).toBeLessThan(behind.meantPerSecond * 0.7);
  expect(checkBounds(STRICT, behind).at(-1)).toMatchObject({ bound: 'served', held: false });
});

test('nobody at the address is failures, and nothing sent has held nothing', async () => {
  const url = await scheduler(() => ({ status: 201 }));
  servers[0]?.close();
  const report = await loaded(url);
  expect(report).toMatchObject({ answered: 0, failed: 100, errors: { ECONNREFUSED: 100 } });
  const nothing = { ...report, sent: 0, failed: 0 };
  expect(checkBounds(BRIEF, nothing).map(({ held }) => held)).toEqual([false, false, false, false]);
  expect(loadText('brief', BRIEF, nothing, checkBounds(BRIEF, nothing)).at(-1)).toBe(
    'nothing was sent: there is nothing to judge',
  );
});

test('percentiles are of all times that were measured', () => {
  expect(percentiles(Array.from({ length: 100 }, (_, at) => 100 - at))).toEqual({
    ...{ count: 100, meanMs: 50.5, p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 },
  });
  expect(percentiles([])).toEqual({ count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('the profiles ask for as much as they say', () => {
  const whole = ({ users, usersPerSecond, seconds, perSecond }: LoadProfile) =>
    `${users} users, ${usersPerSecond} more each second, ${perSecond} a second, ${seconds / 60} minutes`;
  expect(Object.entries(PROFILES).map(([name, profile]) => `${name}: ${whole(profile)}`)).toEqual([
    'smoke: 5 users, 1 more each second, 50 a second, 2 minutes',
    'development: 20 users, 2 more each second, 100 a second, 5 minutes',
    'staging: 100 users, 10 more each second, 500 a second, 15 minutes',
    'production: 500 users, 25 more each second, 2000 a second, 30 minutes',
    'stress: 1000 users, 50 more each second, 5000 a second, 60 minutes',
    'soak: 200 users, 5 more each second, 250 a second, 240 minutes',
    'spike: 2000 users, 200 more each second, 5000 a second, 10 minutes',
  ]);
});
