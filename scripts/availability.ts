import { resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { measureAvailability } from '../runtime/chaos/availability.ts';

/**
 * `npm run availability`: restarts two replicas twenty times, one after the other, under 300 requests a second that are never
 * tried again, and ends with 1 when one of them failed. `--signal kill` shows what the graceful end is worth.
 */
const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '20' },
    rate: { type: 'string', default: '300' },
    requests: { type: 'string', default: '15000' },
    signal: { type: 'string', default: 'term' },
  },
});

const report = await measureAvailability({
  command: resolve('dist/compiler/cli/main.js'),
  restarts: Number(values.restarts),
  perSecond: Number(values.rate),
  requestsMin: Number(values.requests),
  replicas: 2,
  signal: values.signal === 'kill' ? 'kill' : 'term',
  onRestart: (restarts, requests) => {
    if (process.stderr.isTTY) console.error(`${restarts} restarts, ${requests} requests`);
  },
});

const { restarts, requests, failed, refused, seconds, timesMs, badEnds } = report;
const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
for (const [code, count] of Object.entries(failed)) console.log(`${String(count).padStart(6)}  ${code}`);
for (const says of badEnds) console.log(says);
console.log(
  `${failures} of ${requests} requests failed during ${restarts} restarts in ${seconds.toFixed(0)} s, none was tried again; ` +
    `${refused} were refused (4xx); p50 ${timesMs.p50Ms.toFixed(1)} ms, p99 ${timesMs.p99Ms.toFixed(1)} ms, longest ${timesMs.maxMs.toFixed(0)} ms`,
);
if (failures > 0 || badEnds.length > 0) process.exitCode = 1;
