import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';

const ROUTES = `apiVersion: nova-torch.dev/v1
kind: Route
metadata: { name: urgent }
spec:
  match:
    task: bug_fix
    labels: { channel: web }
    where: input.severity == 'high' && input.repo.startsWith('acme/')
  precedence: 900
  to: { code-fixer: 100 }
  fallback:
    - { when: [no-agent], to: test-writer }
`;

const SCHEDULE = `apiVersion: nova-torch.dev/v1
kind: Schedule
metadata: { name: nightly }
spec: { cron: 0 3 * * *, task: testing }
`;

/** The base company with a route that has a condition and a fallback, and with a schedule. */
function withRoutes(): string {
  return repository({
    'spec/teams/engineering/urgent.yaml': ROUTES.replace('to: test-writer', 'to: second'),
    'spec/teams/engineering/nightly.yaml': SCHEDULE,
    'spec/teams/engineering/second.yaml': `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata: { name: second }
spec:
  agent:
    image: ghcr.io/acme/second@sha256:4444444444444444444444444444444444444444444444444444444444444444
  skills: { python: 3 }
  accepts:
    bug_fix: { input: schemas/bug-fix.input.json }
`,
  });
}

test('route list shows the condition of a route', async () => {
  const { stdout } = await runHere(['route', 'list'], { cwd: withRoutes() });
  expect(stdout.split('\n')[0]).toBe(
    " 900  engineering/urgent  bug_fix -> engineering/code-fixer 100  if input.severity == 'high' && input.repo.startsWith('acme/')",
  );
});

test('route test --format json gives the decision and every trial', async () => {
  const stdin =
    '{"task": "bug_fix", "tenant": "t", "labels": {"channel": "web"}, "input": {"repo": "acme/x", "severity": "high"}}';
  const words = ['route', 'test', '-', '--format', 'json', '--key', 'abc', '--env', 'dev'];
  const { code, stdout } = await runHere(words, { cwd: withRoutes(), stdin });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    environment: 'dev',
    route: 'engineering/urgent',
    fleet: 'engineering/code-fixer',
    build: '111111111111',
    trials: expect.arrayContaining([
      expect.objectContaining({ route: 'engineering/urgent', matches: true }),
    ]) as unknown,
  });
});

test('route test --format json of a task that nobody takes has no route', async () => {
  const words = ['route', 'test', '-', '--format', 'json'];
  const { code, stdout } = await runHere(words, { cwd: repository(), stdin: '{"task": "cooking"}' });
  expect([code, (JSON.parse(stdout) as { route: unknown }).route]).toEqual([1, null]);
});

test('route test refuses what is no JSON, and a task that is too long', async () => {
  const cwd = repository();
  const { code, stderr } = await runHere(['route', 'test', '-'], { cwd, stdin: '{"task":' });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: `-` is not JSON: /)]);
  const long = await runHere(['route', 'test', '-'], { cwd, stdin: ' '.repeat(256 * 1024 + 1) });
  expect([long.code, long.stderr]).toEqual([2, 'error: the task in `-` is longer than 262144 characters\n']);
});

test('graph draws conditions, fallbacks and schedules', async () => {
  const cwd = withRoutes();
  const { code, stdout } = await runHere(['graph', '--format', 'dot'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain(
    `"route:engineering/urgent" [label="bug_fix if input.severity == 'high' && input.repo.startsWi…", shape=hexagon];`,
  );
  expect(stdout).toContain(
    '"route:engineering/urgent" -> "fleet:engineering/second" [label="no-agent", style=dashed];',
  );
  expect(stdout).toContain('"schedule:engineering/nightly" [label="engineering/nightly 0 3 * * *", shape=circle];');
  expect(stdout).toContain(
    '"schedule:engineering/nightly" -> "route:engineering/testing" [label="testing", style=solid];',
  );
});

test('graph keeps a short condition whole and writes for Mermaid what could end a text as a number', async () => {
  const cwd = repository({
    'spec/teams/engineering/urgent.yaml': ROUTES.replace(/where: .*/, 'where: input.severity == "high"').replace(
      / {2}fallback:[^]*/,
      '',
    ),
  });
  const { stdout } = await runHere(['graph'], { cwd });
  expect(stdout).toContain('n6{{"bug_fix if input.severity #61;#61; #34;high#34;"}}');
});

const BROKEN = { 'spec/teams/engineering/extra.yaml': 'apiVersion: nova-torch.dev/v1\nkind: Flet\n' };

test.each([[['diff']], [['explain', 'spec/company.yaml:1']], [['route', 'list']], [['route', 'test', '-']]])(
  '%j needs a sound spec and shows its problems instead',
  async (words) => {
    const { code, stdout, stderr } = await runHere(words, { cwd: repository(BROKEN), stdin: '{"task": "a"}' });
    expect([code, stdout, stderr.startsWith('error[NT1209]')]).toEqual([1, '', true]);
  },
);

test('a task in a pipe, a device, a folder or behind a link is refused at once, without a word of what it leads to', async () => {
  const cwd = withRoutes();
  const secret = folderOf({ secret: 'hunter2' });
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  symlinkSync(join(secret, 'secret'), join(cwd, 'link'));
  const said = async (path: string) => (await runHere(['route', 'test', path], { cwd })).stderr;
  expect(await said('pipe')).toBe('error: `pipe` is no regular file\n  see: nova-torch route test --help\n');
  expect(await said('/dev/zero')).toBe('error: `/dev/zero` is no regular file\n  see: nova-torch route test --help\n');
  expect(await said('spec')).toBe('error: `spec` is no regular file\n  see: nova-torch route test --help\n');
  expect(await said('link')).toBe(
    'error: `link` is a link; name the file itself\n  see: nova-torch route test --help\n',
  );
  expect(await said('none')).toMatch(/^error: cannot open `.*none`: no such file or folder\n/);
});
