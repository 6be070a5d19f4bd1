import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'nova-torch-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of Node in the folder of somebody who installed the package. */
const run = (program: string, ...given: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, program), ...given], { cwd: folder, encoding: 'utf8' });
const FLAGS = ['--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
const tsc = (file: string) => run('node_modules/typescript/bin/tsc', ...FLAGS, file);

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'scripts/declarations.ts'], {
    cwd: ROOT,
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/nova-torch'));
  symlinkSync(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}, 120_000);

test('who installs the package imports a client that runs, and has its types', { timeout: 120_000 }, () => {
  const agent = (result: string) => `import { defineTeam } from 'nova-torch';
import { client, testWorker, worker } from 'nova-torch/client';
interface Tasks { greet: { input: { name: string }; output: { text: string } } }
const one = worker<Tasks>({ url: 'http://127.0.0.1:1', fleet: 'a/b' }).on('greet', ({ input }) => (${result}));
const { result } = await testWorker(one).run('greet', { name: 'Ada' });
console.log(result?.text, typeof client, typeof defineTeam);
`;
  writeFileSync(join(folder, 'agent.ts'), agent('{ text: `Hello ${input.name}` }'));
  writeFileSync(join(folder, 'wrong.ts'), agent('{ txt: input.nam }'));
  const wrong = tsc('wrong.ts').stdout;
  expect(wrong).toContain("Property 'nam' does not exist");
  expect(tsc('agent.ts').stdout).toBe('');
  const ran = spawnSync(process.execPath, ['agent.js'], { cwd: folder, encoding: 'utf8' });
  expect([ran.stdout, ran.stderr]).toEqual(['Hello Ada function function\n', '']);
});

test(
  'types from the spec refuse a task, a field, a result and a fleet that it does not have',
  { timeout: 120_000 },
  () => {
    const cli = (...words: readonly string[]) => run('dist/compiler/cli/main.js', ...words);
    expect(cli('init', 'typed', '--company', 'acme').status).toBe(0);
    expect(cli('-C', 'typed', 'types', '--out', '../tasks.ts').stderr).toBe('');
    const agent = (changes: Readonly<Record<string, string>> = {}) => {
      const text = `import { client, testWorker, worker } from 'nova-torch/client';
import type { Fleets, Tasks } from './tasks.js';
const agent = worker<Fleets['support/triage']>({ url: 'http://127.0.0.1:1', fleet: 'support/triage' });
agent.on('ticket_triage', async ({ input }) => ({ queue: input.language === 'de' ? 'other' : 'billing' }));
const { result } = await testWorker(agent).run('ticket_triage', { subject: 'Refund', language: 'en' });
const tasks = client<Tasks>({ url: 'http://127.0.0.1:1' });
export const ask = async (id: string) => [
  await tasks.submit('ticket_triage', { subject: 'Refund' }),
  (await tasks.ended<'ticket_triage'>(id)).result?.queue,
  (await client().get(id)).result,
];
console.log(JSON.stringify(result));
`;
      return Object.entries(changes).reduce((changed, [from, to]) => changed.replace(from, to), text);
    };
    const errors = (changes?: Readonly<Record<string, string>>) => {
      writeFileSync(join(folder, 'typed.ts'), agent(changes));
      return tsc('typed.ts').stdout;
    };
    expect(errors()).toBe('');
    expect(spawnSync(process.execPath, ['typed.js'], { cwd: folder, encoding: 'utf8' }).stdout).toBe(
      '{"queue":"billing"}\n',
    );
    expect(errors({ "submit('ticket_triage'": "submit('ticket_triag'" })).toContain('"ticket_triag"');
    expect(errors({ "'Refund' })": "'Refund', langage: 'en' })" })).toContain("'langage' does not exist");
    expect(errors({ 'input.language': 'input.title' })).toContain("Property 'title' does not exist");
    expect(errors({ "'billing'": "'bills'" })).toContain('"bills"');
    expect(errors({ '({ queue:': '({ que:' })).toContain("Property 'queue' is missing");
    expect(errors({ "'support/triage'": "'support/triag'" })).toContain("Property 'support/triag' does not exist");
    expect(errors({ '?.queue': '?.category' })).toContain("Property 'category' does not exist");
  },
);

test('the script of the guide has types and writes what the compiler takes', { timeout: 120_000 }, () => {
  const guide = readFileSync(join(ROOT, 'docs/language.md'), 'utf8');
  const [, name = '', script = ''] = /<!-- runs: (\S+) -->\n+```ts\n([\s\S]*?)```/.exec(guide) ?? [];
  writeFileSync(join(folder, name), script);
  expect(run('dist/compiler/cli/main.js', 'init', '--company', 'acme').status).toBe(0);
  expect([name, tsc(name).stdout]).toEqual(['fixers.ts', '']);
  expect(run('node_modules/tsx/dist/cli.mjs', name).stderr).toBe('');
  expect(run('dist/compiler/cli/main.js', 'check').stdout).toMatch(/^ok {2}3 fleets and 3 routes in 3 environments/);
  writeFileSync(join(folder, name), script.replace("'45m'", "'soon'"));
  expect(tsc(name).stdout).toContain('Type \'"soon"\' is not assignable');
});
