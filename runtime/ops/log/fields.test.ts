import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ecsFields } from './ecs.ts';
import { logObserver } from './log-observer.ts';
import { logger } from './logger.ts';

const ROOT = join(import.meta.dirname, '../..');

interface LogCall {
  readonly place: string;
  readonly fields: readonly string[];
}

/** A line of the log with fields: `log.info({ … }, 'text')`, or `warning?.('text', { … })` of an observer. */
const CALL =
  /(?:\blog(?:\.(?:trace|debug|info|warn|error|fatal)|\[[^\]]+\])\(|\bwarning\?\.\((?:'[^']*'|`[^`]*`),)\s*\{([^{}]*)\}/g;

function calls(): readonly LogCall[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return [...text.matchAll(CALL)].map(([, inside = '']) => ({ place: file, fields: namesIn(inside) }));
    });
}

/** Of an object as it is written, without what stands in brackets. */
function namesIn(inside: string): readonly string[] {
  const flat = inside.replaceAll(/\([^()]*\)/g, '');
  return flat.split(',').flatMap((one) => /^\s*(\w+)\s*(?::|$)/.exec(one)?.[1] ?? []);
}

test('whatever is logged with a name has one in ECS: a field without would be dropped without a word', () => {
  const all = calls();
  const seen = new Set(all.flatMap(({ fields }) => fields));
  expect(all.length).toBeGreaterThan(20);
  for (const name of ['schedule', 'because', 'open', 'digest', 'checkpoint', 'err', 'url'])
    expect(seen).toContain(name);
  const dropped = all.flatMap(({ place, fields }) =>
    fields.filter((name) => Object.keys(ecsFields({ [name]: 'x' })).length === 0).map((name) => `${place}: ${name}`),
  );
  expect(dropped).toEqual([]);
});

test('a scheduled task that was not taken is named with its reason, an input that gave way with its digest', () => {
  const lines: string[] = [];
  const log = logger({
    level: 'info',
    service: 's',
    version: '1',
    environment: 'dev',
    secrets: [],
    to: { write: (line) => void lines.push(line) },
  });
  const told = logObserver(log);
  told.warning?.('a scheduled task was not taken', { schedule: 'research/nightly', because: 'invalid' });
  told.warning?.('a scheduled task was left out: the one before it still runs', { schedule: 'a/b', open: 'x.y.z' });
  told.keyConflict?.({ fleet: 'a/b', id: 't-1', digest: 'summarize/3q2-7w' });
  told.keyConflict?.({ fleet: 'a/b', id: 't-1', digest: 'somebody said\n/x' });
  const said = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(said[0]).toMatchObject({ 'nova.schedule': 'research/nightly', 'nova.reason': 'invalid' });
  expect(said[1]).toMatchObject({ 'nova.schedule': 'a/b', 'nova.open': 'x.y.z' });
  expect(said.slice(2).map((line) => line['nova.digest'])).toEqual(['summarize/3q2-7w', '[not an id]']);
});
