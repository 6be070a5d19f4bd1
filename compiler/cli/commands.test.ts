import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contents } from './testing/built.ts';
import { runHere } from './testing/host.ts';
import { repository } from './testing/repository.ts';

const BROKEN = { 'spec/teams/engineering/extra.yaml': 'apiVersion: nova-torch.dev/v1\nkind: Flet\n' };

test('check says how much was checked', async () => {
  expect(await runHere(['check'], { cwd: repository() })).toEqual({
    code: 0,
    stdout: 'ok  3 fleets and 3 routes in 2 environments (0 ms)\n',
    stderr: '',
  });
});

test('check shows problems on standard error and ends with 1', async () => {
  const { code, stdout, stderr } = await runHere(['check'], { cwd: repository(BROKEN) });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('error[NT1209]');
  expect(stderr).toContain('did you mean `Fleet`?');
});

test.each(['json', 'sarif', 'github'])('check --format %s prints to standard output alone', async (format) => {
  const { code, stdout, stderr } = await runHere(['check', '--format', format], { cwd: repository(BROKEN) });
  expect([code, stderr]).toEqual([1, '']);
  if (format === 'github') expect(stdout).toMatch(/^::error file=spec\/teams\/engineering\/extra.yaml,line=2/);
  else expect(() => JSON.parse(stdout) as unknown).not.toThrow();
});

test('a warning counts only with --strict', async () => {
  const cwd = repository({ 'spec/teams/engineering/prompts/old.md': 'Nobody reads this.\n' });
  expect((await runHere(['check'], { cwd })).code).toBe(0);
  expect((await runHere(['check', '--strict'], { cwd })).code).toBe(1);
});

test('with --strict a warning leaves the tree as it is', async () => {
  const cwd = repository({ 'spec/teams/engineering/prompts/old.md': 'Nobody reads this.\n' });
  const { code, stderr } = await runHere(['compile', '--strict'], { cwd });
  expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([1, 'nothing was written']);
  expect(existsSync(join(cwd, 'generated'))).toBe(false);
  expect((await runHere(['compile'], { cwd })).code).toBe(0);
  expect(existsSync(join(cwd, 'generated'))).toBe(true);
});

test('in JSON check says what there is, and compile what it wrote', async () => {
  const cwd = repository();
  const checked = JSON.parse((await runHere(['check', '--format', 'json'], { cwd })).stdout) as object;
  expect(checked).toMatchObject({ exit: 0, environments: [{ name: 'dev', fleets: 3, routes: 3 }, { name: 'prod' }] });
  interface Compiled {
    readonly written: readonly string[];
    readonly removed: readonly string[];
  }
  const compiled = async () => JSON.parse((await runHere(['compile', '--format', 'json'], { cwd })).stdout) as Compiled;
  const first = await compiled();
  expect(first).toMatchObject({
    exit: 0,
    unchanged: false,
    environments: [{ name: 'dev', fleets: 3 }, { name: 'prod' }],
  });
  expect(first.written).toContain('prod/teams/engineering/code-fixer/kubernetes.yaml');
  expect(await compiled()).toMatchObject({ written: [], removed: [], unchanged: true });
});

test('an index that was removed is written again, and counted', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  rmSync(join(cwd, 'generated/.index/prod/teams/engineering/code-fixer.json'));
  const { code, stdout } = await runHere(['compile'], { cwd });
  expect([code, stdout.split('\n').at(-2)]).toEqual([0, '1 index file written (0.0 s)']);
  expect(existsSync(join(cwd, 'generated/.index/prod/teams/engineering/code-fixer.json'))).toBe(true);
});

test('a folder without a spec is refused', async () => {
  const { code, stderr } = await runHere(['check'], { cwd: '/' });
  expect([code, stderr]).toEqual([
    2,
    'error: there is no spec in `/` or above\n  a repository has its spec in `spec/`, beginning with `spec/company.yaml`\n  nova-torch init makes one\n',
  ]);
});

test('compile prints a row for each environment, and says when nothing changed', async () => {
  const cwd = repository();
  const { code, stdout, stderr } = await runHere(['compile'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [head, ...lines] = stdout.split('\n');
  expect(head).toBe('environment  fleets  routes  objects  changed  warnings');
  const rows = lines.slice(0, 2).map((line) => line.split(/ +/));
  expect(rows.map(([name, fleets, routes, , , warnings]) => [name, fleets, routes, warnings])).toEqual([
    ['dev', '3', '3', '0'],
    ['prod', '3', '3', '0'],
  ]);
  const files = rows.reduce((sum, row) => sum + Number(row[4]), 0);
  expect(files).toBeGreaterThan(10);
  expect(lines.slice(2)).toEqual(['', `${files} files written (0.0 s)`, '']);
  const again = await runHere(['compile'], { cwd });
  expect(again.stdout).toContain('up to date, nothing changed since the last compile (0.0 s)');
});

test('compile says when all is up to date though nothing is remembered, and how many files went', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  rmSync(join(cwd, '.nova-torch'), { recursive: true });
  expect((await runHere(['compile'], { cwd })).stdout).toMatch(/\n\nup to date \(0\.0 s\)\n$/);
  rmSync(join(cwd, 'spec/teams/research/web-reader.yaml'));
  rmSync(join(cwd, 'spec/teams/research/routes.yaml'));
  const { code, stdout } = await runHere(['compile'], { cwd });
  expect(code).toBe(0);
  const [, written, removed] = /\n(\d+) files written, (\d+) of them removed \(0\.0 s\)\n$/.exec(stdout) ?? [];
  expect(Number(removed)).toBeGreaterThan(5);
  expect(Number(written)).toBeGreaterThan(Number(removed));
});

test('compile --format json prints the problems alone, with and without any', async () => {
  const sound = await runHere(['compile', '--format', 'json'], { cwd: repository() });
  expect([sound.code, sound.stderr, (JSON.parse(sound.stdout) as { diagnostics: unknown[] }).diagnostics]).toEqual([
    0,
    '',
    [],
  ]);
  const broken = await runHere(['compile', '--format', 'json'], { cwd: repository(BROKEN) });
  expect([broken.code, broken.stderr]).toEqual([1, '']);
  expect(JSON.parse(broken.stdout)).toMatchObject({ diagnostics: [{ code: 'NT1209' }] });
});

test('compile --watch that is stopped while it compiles waits for nothing', async () => {
  const stopping = new AbortController();
  const { code, stderr } = await runHere(['compile', '--watch'], {
    cwd: repository(),
    stop: stopping.signal,
    heard: (text) => {
      if (text.includes('files written')) stopping.abort('interrupted');
    },
  });
  expect([code, stderr]).toEqual([130, '']);
});

test('compile --check writes nothing and ends with 5 when something is out of date', async () => {
  const cwd = repository();
  const before = contents(cwd);
  const { code, stderr } = await runHere(['compile', '--check'], { cwd });
  expect(code).toBe(5);
  expect(stderr).toContain(
    'error[NT6005]: `generated/prod/teams/engineering/code-fixer/kubernetes.yaml` is out of date',
  );
  const [, errors, files] = /(\d+) errors in (\d+) files\nnothing was written\n$/.exec(stderr) ?? [];
  expect(Number(errors)).toBeGreaterThan(20);
  expect(files).toBe(errors);
  const after = Object.entries(contents(cwd)).filter(([path]) => !path.startsWith('.nova-torch/'));
  expect(Object.fromEntries(after)).toEqual(before);
  await runHere(['compile'], { cwd });
  expect((await runHere(['compile', '--check'], { cwd })).code).toBe(0);
});

test('an error keeps everything from being written', async () => {
  const cwd = repository(BROKEN);
  const { code, stderr } = await runHere(['compile'], { cwd });
  expect([code, stderr.endsWith('nothing was written\n')]).toEqual([1, true]);
  expect(Object.keys(contents(cwd)).filter((path) => path.startsWith('generated/'))).toEqual([]);
});

test('a generated file that was edited by hand is refused until the edit is given up', async () => {
  const cwd = repository();
  await runHere(['compile'], { cwd });
  const file = join(cwd, 'generated/prod/platform/kubernetes.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}# mine\n`);
  const refused = await runHere(['compile'], { cwd });
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('error[NT6001]');
  expect((await runHere(['compile', '--discard-edits'], { cwd })).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('compile --env compiles one environment and refuses one that does not exist', async () => {
  const cwd = repository();
  const { stdout } = await runHere(['compile', '--env', 'dev'], { cwd });
  expect(stdout).toContain('\ndev ');
  expect(stdout).not.toContain('\nprod ');
  rmSync(join(cwd, 'generated'), { recursive: true });
  const { code, stderr } = await runHere(['compile', '--env', 'dev', '--env', 'prd'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toBe('error: there is no environment `prd`\n  did you mean `prod`?\n  there is `dev`, `prod`\n');
  expect(existsSync(join(cwd, 'generated'))).toBe(false);
});

test('compile that is stopped before it swaps the tree writes nothing and says so', async () => {
  const cwd = repository();
  const stop = new AbortController();
  stop.abort('interrupted');
  const stopped = await runHere(['compile'], { cwd, stop: stop.signal });
  expect(stopped).toEqual({ code: 130, stdout: '', stderr: 'interrupted, and nothing was written\n' });
  expect(Object.keys(contents(cwd)).filter((path) => !path.startsWith('spec/'))).toEqual([]);
});

test('compile that is stopped when the tree is swapped has written all of it and says so', async () => {
  const cwd = repository();
  const stop = new AbortController();
  const swapped = setInterval(() => existsSync(join(cwd, 'generated')) && stop.abort('interrupted'), 0);
  const stopped = await runHere(['compile'], { cwd, stop: stop.signal });
  clearInterval(swapped);
  expect(stopped).toEqual({ code: 130, stdout: '', stderr: 'interrupted, when the whole new tree was written\n' });
  expect((await runHere(['compile', '--check'], { cwd })).code).toBe(0);
});

test('a reader that went away stops no compile', async () => {
  const [cwd, stop] = [repository(), new AbortController()];
  stop.abort('unread');
  expect((await runHere(['compile'], { cwd, stop: stop.signal })).code).toBe(0);
});

test('compile --watch and --check exclude each other', async () => {
  const { code, stderr } = await runHere(['compile', '--watch', '--check'], { cwd: repository() });
  expect([code, stderr]).toEqual([2, 'error: `--watch` and `--check` exclude each other\n']);
});

test('compile --watch compiles again after a change and ends when it is stopped', async () => {
  const cwd = repository();
  const stopping = new AbortController();
  let compiled = 0;
  const run = runHere(['compile', '--watch'], {
    cwd,
    stop: stopping.signal,
    heard: (text) => {
      if (!text.includes('waiting for changes')) return;
      compiled += 1;
      if (compiled === 1) writeFileSync(join(cwd, 'spec/teams/engineering/prompts/code-fixer.md'), 'Fix it well.\n');
      else stopping.abort('interrupted');
    },
  });
  const { code, stdout } = await run;
  expect([code, compiled]).toEqual([130, 2]);
  expect(stdout.match(/files written/g)?.length).toBe(2);
});

test('compile --watch sees saves by renaming, a folder that is new, and a spec that goes and comes back', async () => {
  const cwd = repository();
  const at = (path: string) => join(cwd, path);
  const prompt = at('spec/teams/engineering/prompts/code-fixer.md');
  const stopping = new AbortController();
  const save = (text: string) => (writeFileSync(`${prompt}.tmp`, text), renameSync(`${prompt}.tmp`, prompt));
  const route = (name: string) => `apiVersion: nova-torch.dev/v1\nkind: Flet\nmetadata: { name: ${name} }\n`;
  const steps = [
    () => save('one\n'),
    () => save('two\n'),
    () => save('three\n'),
    () => renameSync(at('spec'), at('elsewhere')),
    () => renameSync(at('elsewhere'), at('spec')),
    () => (mkdirSync(at('spec/teams/new')), writeFileSync(at('spec/teams/new/a.yaml'), route('a'))),
    () => rmSync(at('spec/teams/new'), { recursive: true }),
    () => save('four\n'),
    // Not a change of the spec: a compile that answered its own writes would never rest.
    () => setTimeout(() => stopping.abort('interrupted'), 400),
  ];
  const ends: string[] = [];
  let since = '';
  const { code } = await runHere(['compile', '--watch'], {
    cwd,
    stop: stopping.signal,
    heard: (text) => {
      since += text;
      if (!text.includes('waiting for changes')) return;
      ends.push(/error\[(NT\d+)\]/.exec(since)?.[1] ?? 'ok');
      since = '';
      steps.shift()?.();
    },
  });
  expect([code, ends]).toEqual([130, ['ok', 'ok', 'ok', 'ok', 'NT1008', 'ok', 'NT1209', 'ok', 'ok']]);
  expect(readFileSync(at('generated/prod/teams/engineering/code-fixer/kubernetes.yaml'), 'utf8')).toContain('four');
});

test('compile --watch goes on after a compile that could not write', async () => {
  const cwd = repository();
  const stopping = new AbortController();
  const prompt = join(cwd, 'spec/teams/engineering/prompts/code-fixer.md');
  mkdirSync(join(cwd, '.nova-torch'));
  writeFileSync(join(cwd, '.nova-torch/lock'), JSON.stringify({ pid: process.pid, host: hostname() }));
  const steps = [
    () => (rmSync(join(cwd, '.nova-torch/lock')), writeFileSync(prompt, 'again\n')),
    () => stopping.abort('interrupted'),
  ];
  const { stdout, stderr } = await runHere(['compile', '--watch'], {
    cwd,
    stop: stopping.signal,
    heard: (text) => text.includes('waiting for changes') && steps.shift()?.(),
  });
  expect(stderr).toMatch(/^error: another nova-torch \(process \d+\) is writing the generated tree/);
  expect(stdout).toMatch(/files written/);
});

test('fix shows, then makes, the corrections that are certain', async () => {
  const misspelt = readFileSync(join(repository(), 'spec/teams/engineering/code-fixer.yaml'), 'utf8').replace(
    'skills:',
    'skils:',
  );
  const cwd = repository({ 'spec/teams/engineering/code-fixer.yaml': misspelt });
  const dry = await runHere(['fix', '--dry-run'], { cwd });
  expect(dry.stdout).toMatch(/^would fix {2}spec\/teams\/engineering\/code-fixer.yaml: NT1201/);
  expect(readFileSync(join(cwd, 'spec/teams/engineering/code-fixer.yaml'), 'utf8')).toBe(misspelt);
  expect((await runHere(['fix'], { cwd })).code).toBe(0);
  expect((await runHere(['check'], { cwd })).code).toBe(0);
  expect((await runHere(['fix'], { cwd })).stdout).toBe('nothing can be corrected with certainty\n');
});

test('init makes a repository that compiles without a problem, and refuses to do it twice', async () => {
  const cwd = repository();
  expect((await runHere(['init', 'new'], { cwd })).code).toBe(0);
  const compiled = await runHere(['-C', 'new', 'compile'], { cwd });
  expect([compiled.code, compiled.stderr]).toEqual([0, '']);
  const twice = await runHere(['init', 'new'], { cwd });
  expect([twice.code, twice.stderr]).toEqual([2, 'error: there is a spec in `new` already\n  nothing was written\n']);
});

test('route test shows every rule and where the task goes', async () => {
  const cwd = repository({ 'task.json': '{"task": "bug_fix", "input": {}}' });
  const { code, stdout } = await runHere(['route', 'test', 'task.json'], { cwd });
  expect([code, stdout]).toEqual([
    0,
    'in prod\n' +
      'takes   engineering/bug-fix\n' +
      '         yes  task is bug_fix\n\n' +
      '  may go to   engineering/code-fixer (weight 100)\n' +
      'goes to engineering/code-fixer, build 111111111111, priority normal\n',
  ]);
});

test('route test ends with 1 for a task that nobody takes', async () => {
  const { code, stdout } = await runHere(['route', 'test', '-', '--env', 'dev'], {
    cwd: repository(),
    stdin: '{"task": "cooking"}',
  });
  expect([code, stdout]).toEqual([1, 'in dev\n3 routes of other task types passed over\n\nno route takes this task\n']);
});

test.each([
  ['{"task": 1}', 'a task needs its type in `task`'],
  ['[]', '`-` holds no task'],
  ['{"task": "a", "lables": {}}', 'a task has no field `lables`'],
  ['{"task": "a", "labels": {"b": 1}}', '`labels` must be a map of texts'],
  ['{"task": "a", "tenant": 1}', '`tenant` must be text'],
  ['{"task": "a", "input": []}', '`input` must be a map'],
])('route test refuses %s', async (stdin, message) => {
  const { code, stderr } = await runHere(['route', 'test', '-'], { cwd: repository(), stdin });
  expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
});

test('route list shows routes in the order in which they are tried', async () => {
  const { stdout } = await runHere(['route', 'list'], { cwd: repository() });
  expect(stdout).toBe(
    ' 500  engineering/bug-fix  bug_fix -> engineering/code-fixer 100\n' +
      ' 500  engineering/testing  testing -> engineering/test-writer 100\n' +
      ' 500  research/web-research  web_research -> research/web-reader 100\n',
  );
  const { stdout: json } = await runHere(['route', 'list', '--format', 'json'], { cwd: repository() });
  expect(JSON.parse(json)).toHaveLength(3);
});

test('graph draws the environment in each format', async () => {
  const cwd = repository();
  const mermaid = await runHere(['graph'], { cwd });
  expect(mermaid.stdout).toMatch(/^flowchart LR\n {2}n0\["engineering\/code-fixer"\]\n/);
  expect(mermaid.stdout).toContain('n0 ==>|"testing"| n1');
  const dot = await runHere(['graph', '--format', 'dot'], { cwd });
  expect(dot.stdout).toContain(
    '"fleet:engineering/code-fixer" -> "fleet:engineering/test-writer" [label="testing", style=bold];',
  );
  const json = await runHere(['graph', '--format', 'json', '--env', 'dev'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ environment: 'dev' });
});

test('a command that needs a sound spec shows its problems instead', async () => {
  const { code, stderr } = await runHere(['graph'], { cwd: repository(BROKEN) });
  expect([code, stderr.includes('error[NT1209]')]).toEqual([1, true]);
});

test('an environment that does not exist is refused with the nearest name', async () => {
  const { code, stderr } = await runHere(['route', 'list', '--env', 'prd'], { cwd: repository() });
  expect([code, stderr]).toEqual([
    2,
    'error: there is no environment `prd`\n  did you mean `prod`?\n  there is `dev`, `prod`\n',
  ]);
});
