import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { expect, test } from 'vitest';

/** No test can build an image without Docker: these hold it to what it is built from and to the pods that it runs in. */

const text = readFileSync('Dockerfile', 'utf8');
const words = text.split('\n').flatMap((line) => {
  const [, instruction, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  return instruction === undefined ? [] : [[instruction, rest ?? ''] as const];
});
const all = (wanted: string) => words.filter(([instruction]) => instruction === wanted).map(([, rest]) => rest);

test('both stages stand on the same exact version of Node, one that the package runs on', () => {
  const versions = all('FROM').map((from) => /^node:(\d+\.\d+\.\d+)-bookworm-slim(?: AS build)?$/.exec(from)?.[1]);
  expect(versions).toHaveLength(2);
  expect(new Set(versions).size).toBe(1);
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  const [least = 0, own = 0] = [engines.node, versions[0] ?? ''].map((one) => Number(/\d+/.exec(one)?.[0]));
  expect(own).toBeGreaterThan(least);
});

test('what it starts is built, and takes what the pod says', () => {
  const [node, program] = JSON.parse(all('ENTRYPOINT')[0] ?? '[]') as string[];
  expect(node).toBe('node');
  expect(existsSync(program?.replace('/app/', '') ?? '')).toBe(true);
});

test('it runs as the user of the pod, which is nobody', () => {
  const users = readdirSync('generated')
    .filter((name) => !name.startsWith('.'))
    .map((environment) => {
      const objects = parseAllDocuments(readFileSync(`generated/${environment}/platform/scheduler.yaml`, 'utf8'));
      const set = objects.map((one) => one.toJS() as Scheduler).find(({ kind }) => kind === 'StatefulSet');
      const { runAsUser, runAsGroup, runAsNonRoot } = set?.spec.template.spec.securityContext ?? {};
      expect(runAsNonRoot).toBe(true);
      return `${String(runAsUser)}:${String(runAsGroup)}`;
    });
  expect(users).toHaveLength(3);
  expect([...new Set(users)]).toEqual(all('USER'));
});

interface Scheduler {
  readonly kind: string;
  readonly spec: {
    readonly template: { readonly spec: { readonly securityContext: Readonly<Record<string, unknown>> } };
  };
}

test('no script of a package runs while it is built, and what only builds is left behind', () => {
  const runs = all('RUN').join(' && ').split(' && ');
  expect(runs.filter((run) => /^npm (?:ci|prune)/.test(run))).toEqual([
    'npm ci --ignore-scripts',
    'npm prune --omit=dev --ignore-scripts',
  ]);
  expect(
    all('COPY')
      .filter((copy) => copy.includes('--from=build'))
      .join(' '),
  ).not.toContain('scripts');
});
