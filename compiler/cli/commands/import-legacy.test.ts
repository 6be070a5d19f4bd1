import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { contents, folderOf, write } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

/** As its deployment guide has it. */
const CONFIG = `dragonfly:
  host: localhost
  password_file: /etc/nova-torch/dragonfly-password
streams:
  prefix: "nova.torch"
orchestrator:
  heartbeat_interval: 30
  agent_timeout: 90
  max_agents: 40
`;

const agent = (id: string, role: string, skills: readonly string[], more = ''): string =>
  `agent:\n  id: ${id}\n  role: ${role}\n  skills: [${skills.join(', ')}]\n${more}`;

/** As its spawner wrote it, which is JSON in a file that ends with `.yaml`. */
const SPAWNED = JSON.stringify({
  agent_id: 'tester-9f2b11aa',
  role: 'tester',
  skills: ['testing', 'Quality Assurance'],
  parent_agent_id: 'developer-1',
  resource_limits: { memory_mb: 640, cpu_percent: 40, max_tasks: 2, max_lifetime: 3600 },
});

const FILES = {
  'config.yaml': CONFIG,
  'agents/developer-1.yaml': agent('developer-1', 'developer', ['python', 'testing'], '  max_concurrent_tasks: 3\n'),
  'agents/developer-2.yaml': agent(
    'developer-2',
    'developer',
    ['testing', 'python'],
    'tmux_fallback:\n  enabled: yes\n',
  ),
  'agents/pm-1.yaml': agent('pm-1', 'project_manager', ['python']),
  'agents/tester.yaml': SPAWNED,
};
const AGENTS = Object.keys(FILES).filter((path) => path.startsWith('agents/'));

const imported = (cwd: string, ...words: readonly string[]) =>
  runHere(['import', 'legacy', 'config.yaml', ...words, '--out', 'new', '--company', 'acme'], { cwd });

const fleet = (cwd: string, name: string): unknown =>
  parseAllDocuments(readFileSync(join(cwd, `new/spec/teams/agents/${name}.yaml`), 'utf8'))[0]?.toJS() as unknown;

test('what the predecessor ran becomes a repository that compiles', async () => {
  const cwd = folderOf(FILES);
  const { code, stdout, stderr } = await imported(cwd, ...AGENTS);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.endsWith('\n\nNext: nova-torch -C new compile\n')).toBe(true);
  const compiled = await runHere(['-C', 'new', 'compile'], { cwd });
  expect([compiled.code, compiled.stderr]).toEqual([0, '']);
  expect(compiled.stdout).toMatch(/^prod +3 +5 +\d+ +\d+ +0$/m);
});

test('agents of one role that can do the same are one fleet, with the limits that they had', async () => {
  const cwd = folderOf(FILES);
  await imported(cwd, ...AGENTS);
  expect(fleet(cwd, 'developer')).toMatchObject({
    spec: {
      description: 'Agents that were developer-1, developer-2.',
      role: 'developer',
      // The smaller one: each agent of a fleet has as many slots.
      agent: { image: 'ghcr.io/acme/nova-torch-agent:0.1.0', slots: 3, resources: { cpu: '750m', memory: '1024Mi' } },
      skills: { python: 3, testing: 3 },
      accepts: { bug_fix: { timeouts: { heartbeat: '90s' }, retry: { attempts: 4 } } },
      scale: { max: 2 },
    },
  });
  expect(fleet(cwd, 'tester')).toMatchObject({
    spec: {
      agent: { slots: 2, resources: { cpu: '400m', memory: '640Mi' } },
      skills: { testing: 3, quality_assurance: 3 },
    },
  });
  expect(fleet(cwd, 'project-manager')).toMatchObject({ spec: { agent: { slots: 3, resources: { cpu: '500m' } } } });
});

test.each([
  [['python'], ['agents/developer', 'agents/project-manager']],
  [['python', 'testing'], ['agents/developer']],
  [['quality_assurance'], ['agents/tester']],
  [[], ['agents/developer', 'agents/project-manager', 'agents/tester']],
])('a task that asks for %j goes to those who can do all of it', async (skills, fleets) => {
  const cwd = folderOf(FILES);
  await imported(cwd, ...AGENTS);
  const input = { title: 'A', description: 'B', priority: 5, ...(skills.length > 0 && { required_skills: skills }) };
  write(cwd, { 'task.json': JSON.stringify({ task: 'bug_fix', input }) });
  const { code, stdout } = await runHere(
    ['-C', 'new', 'route', 'test', '../task.json', '--env', 'prod', '--format', 'json'],
    {
      cwd,
    },
  );
  expect(code).toBe(0);
  const text = JSON.stringify(JSON.parse(stdout));
  for (const name of ['developer', 'project-manager', 'tester'])
    expect([name, text.includes(`"agents/${name}"`)]).toEqual([name, fleets.includes(`agents/${name}`)]);
  expect(text).toContain('critical');
});

test('what has no place here is said with what does it now, and no key is left out without a word', async () => {
  const cwd = folderOf({ ...FILES, 'agents/odd.yaml': agent('odd-1', 'odd', ['python'], 'mood: good\n') });
  const { stdout } = await imported(cwd, ...AGENTS, 'agents/odd.yaml');
  const left = stdout.split('\n').filter((line) => line.startsWith('left  '));
  expect(left).toContain(
    'left  dragonfly.host, dragonfly.password_file (config.yaml): the platform runs its own store, and its password comes from Vault',
  );
  expect(left).toContain('left  mood (agents/odd.yaml): nothing here is like it');
  const said = left.join('\n');
  for (const key of ['streams.prefix', 'orchestrator.heartbeat_interval', 'tmux_fallback.enabled', 'parent_agent_id'])
    expect(said).toContain(key);
  expect(said).toContain('resource_limits.max_lifetime');
  expect(said).not.toContain('agent_timeout');
});

test('roles whose fleets would be called alike are told apart', async () => {
  const cwd = folderOf({
    'config.yaml': CONFIG,
    'a.yaml': agent('a', 'dev', ['python']),
    'b.yaml': agent('b', 'dev', ['go']),
    'c.yaml': agent('c', 'dev-2', ['sql']),
  });
  expect((await imported(cwd, 'a.yaml', 'b.yaml', 'c.yaml')).code).toBe(0);
  expect(fleet(cwd, 'dev-3')).toMatchObject({ spec: { skills: { go: 3 } } });
  expect(fleet(cwd, 'dev-2')).toMatchObject({ spec: { skills: { sql: 3 } } });
  expect((await runHere(['-C', 'new', 'compile'], { cwd })).code).toBe(0);
});

test.each([
  ['a role that can name no fleet', agent('x', '"1 * 1"', []), 'x.yaml:3:9  `1 * 1` cannot name a fleet'],
  ['a skill that can be none', agent('x', 'dev', ['c++']), 'x.yaml:4:12  `c++` cannot be a skill'],
  ['no role', 'agent:\n  id: x\n', 'x.yaml:1:1  an agent has `agent.id` and a role'],
  [
    'slots that are none',
    agent('x', 'dev', [], '  max_concurrent_tasks: 0\n'),
    'x.yaml:5:25  `agent.max_concurrent_tasks` must',
  ],
  [
    'skills that are no list',
    'agent:\n  id: x\n  role: dev\n  skills: python\n',
    'x.yaml:4:11  `agent.skills` must be a list',
  ],
  ['what is no YAML', 'agent: [', 'x.yaml:1:9  it is no YAML: '],
  ['a role that no key may be', agent('x', 'constructor', []), 'x.yaml:3:9  `constructor` cannot name a fleet'],
  ['a skill that no key may be', agent('x', 'dev', ['prototype']), 'x.yaml:4:12  `prototype` cannot be a skill'],
  [
    'two agents in one file',
    `${agent('x', 'dev', [])}---\n${agent('y', 'dev', [])}`,
    'x.yaml:5:1  a second document begins: one file has one agent\n',
  ],
  ['what holds nothing', 'just words\n', 'x.yaml:1:1  it holds no settings'],
  ['aliases that multiply', bomb(), 'x.yaml:1:1  it is put together in a way that nobody writes by hand'],
  ['depth without end', '['.repeat(100_000), 'x.yaml:1:1  it is put together in a way that nobody writes by hand'],
  [
    'an agent that is there already',
    FILES['agents/pm-1.yaml'],
    'x.yaml:1:1  the agent `pm-1` stands in `agents/pm-1.yaml`',
  ],
])('%s is said with its place, and nothing is written', async (_, text, said) => {
  const cwd = folderOf({ ...FILES, 'x.yaml': text });
  const { code, stdout, stderr } = await imported(cwd, ...AGENTS, 'x.yaml');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`error: these files cannot be understood\n  ${said}`);
  expect(stderr.endsWith('  nothing was written\n')).toBe(true);
  expect(existsSync(join(cwd, 'new'))).toBe(false);
});

function bomb(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [at, letter] of [...'bcdefgh'].entries()) {
    const before = 'abcdefg'[at];
    lines.push(`${letter}: &${letter} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
  }
  return lines.join('\n');
}

test('a role may be called like a file of the spec or like what every object has', async () => {
  const names = ['team', 'routes', 'toString'];
  const files = names.map((name, index) => [`${index}.yaml`, agent(`a-${index}`, name, ['tostring'])] as const);
  const cwd = folderOf({ 'config.yaml': CONFIG, ...Object.fromEntries(files) });
  expect((await imported(cwd, ...files.map(([path]) => path))).code).toBe(0);
  const compiled = await runHere(['-C', 'new', 'compile'], { cwd });
  expect(compiled.code, compiled.stderr).toBe(0);
  expect(compiled.stdout).toMatch(/^prod +3 +/m);
  expect(fleet(cwd, 'tostring')).toMatchObject({
    spec: { agent: { slots: 3, resources: { cpu: '500m', memory: '512Mi' } } },
  });
  expect(fleet(cwd, 'team.fleet')).toMatchObject({ kind: 'Fleet', metadata: { name: 'team' } });
});

test('all that is wrong in all files is said at once', async () => {
  const cwd = folderOf({ 'config.yaml': 'orchestrator:\n  max_agents: many\n', 'a.yaml': agent('a', '"1"', ['c++']) });
  const { stderr } = await imported(cwd, 'a.yaml');
  expect(stderr.match(/^ {2}\S+:\d+:\d+ {2}/gm)).toHaveLength(3);
});

test('agents that differ in too many ways are refused, and what to do is said', async () => {
  const kinds = Array.from({ length: 12 }, (_, kind) => [
    `a${kind}.yaml`,
    agent(
      `a${kind}`,
      'dev',
      Array.from({ length: 12 }, (__, skill) => `s${skill}`).filter((___, skill) => skill !== kind),
    ),
  ]);
  const cwd = folderOf({ 'config.yaml': CONFIG, ...Object.fromEntries(kinds) });
  const { code, stderr } = await imported(cwd, ...kinds.map(([path = '']) => path));
  expect([code, stderr]).toEqual([
    4,
    'error: the skills of the agents differ in more ways than routes can tell apart\n' +
      '  give agents of a role the same skills, or import them in parts with a --team each\n  nothing was written\n',
  ]);
  expect(existsSync(join(cwd, 'new'))).toBe(false);
});

test('a spec that is there, a link and a team that is none are refused, and nothing changes', async () => {
  const cwd = folderOf(FILES);
  expect((await imported(cwd, ...AGENTS)).code).toBe(0);
  const before = contents(cwd);
  expect(await imported(cwd, ...AGENTS)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a spec in `new` already'),
  });
  symlinkSync('/etc/passwd', join(cwd, 'link.yaml'));
  expect(await imported(cwd, 'link.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('is a link') });
  expect(await imported(cwd, ...AGENTS, '--team', 'No')).toMatchObject({
    code: 2,
    stderr: 'error: `No` cannot name a team\n',
  });
  expect(contents(cwd)).toEqual(before);
});
