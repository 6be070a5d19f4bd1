import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere } from '../testing/host.ts';
import { repository } from '../testing/repository.ts';
import { typeErrors } from '../testing/typescript.ts';

const SCHEMA = 'spec/teams/engineering/schemas';

/** The test company; its test writer fixes bugs too, in production, of another schema and with a result. */
function withSchemas(input: object): string {
  const cwd = repository({ [`${SCHEMA}/bug.json`]: JSON.stringify(input) });
  const fleet = join(cwd, 'spec/teams/engineering/test-writer.yaml');
  const accepts = '{ bug_fix: { input: schemas/bug.json, output: schemas/bug.json } }';
  appendFileSync(fleet, `environments:\n  prod:\n    accepts: ${accepts}\n`);
  return cwd;
}

const BUG = { type: 'object', required: ['bug'], properties: { bug: { type: 'string' } }, additionalProperties: false };

const TYPES = `// Made by \`nova-torch types\` from the spec of acme. Do not edit: run it again when a task or its schema changes.
/* eslint-disable */

/** What may be submitted, and what comes of it: \`client<Tasks>()\`. */
export interface Tasks {
  readonly bug_fix: { readonly input: EngineeringBug | EngineeringBugFixInput; readonly output: unknown };
  readonly testing: { readonly input: { readonly [field: string]: unknown }; readonly output: unknown };
  readonly web_research: { readonly input: { readonly [field: string]: unknown }; readonly output: unknown };
}

/** What the agents of each fleet are given: \`worker<Fleets['team/fleet']>()\`. */
export interface Fleets {
  /** Fixes failing builds and small bugs */
  readonly "engineering/code-fixer": {
    readonly bug_fix: { readonly input: EngineeringBugFixInput; readonly output: unknown };
  };
  readonly "engineering/test-writer": {
    readonly bug_fix: { readonly input: EngineeringBug; readonly output: EngineeringBug };
    readonly testing: { readonly input: { readonly [field: string]: unknown }; readonly output: unknown };
  };
  readonly "research/web-reader": {
    readonly web_research: { readonly input: { readonly [field: string]: unknown }; readonly output: unknown };
  };
}

type EngineeringBugFixInput = {
  readonly repo: string;
  readonly severity?: "low" | "high";
};

type EngineeringBug = {
  readonly bug: string;
};
`;

test('types names every task with what it takes and gives, and the tasks of each fleet', async () => {
  const cwd = withSchemas(BUG);
  expect(await runHere(['types'], { cwd })).toEqual({ code: 0, stdout: TYPES, stderr: '' });
  expect(typeErrors(TYPES)).toEqual([]);
  const dev = await runHere(['types', '--env', 'dev'], { cwd });
  expect(dev.stdout).toContain(
    '  readonly bug_fix: { readonly input: EngineeringBugFixInput; readonly output: unknown };',
  );
  expect(dev.stdout).not.toContain('EngineeringBug;');
  expect((await runHere(['types', '--env', 'prd'], { cwd })).stderr).toContain('there is no environment `prd`');
});

test('the file is written, is up to date, and is out of date when a schema changes', async () => {
  const cwd = withSchemas(BUG);
  const check = ['types', '--out', 'tasks.ts', '--check'];
  const hint = '  nova-torch types --out tasks.ts writes it\n';
  expect(await runHere(check, { cwd })).toEqual({
    code: 5,
    stdout: '',
    stderr: `error: \`tasks.ts\` is not there\n${hint}`,
  });
  expect(await runHere(['types', '--out', 'tasks.ts'], { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  const text = readFileSync(join(cwd, 'tasks.ts'), 'utf8');
  expect(text).toBe((await runHere(['types'], { cwd })).stdout);
  writeFileSync(join(cwd, 'tasks.ts'), text.replaceAll('\n', '\r\n'));
  expect((await runHere(check, { cwd })).code).toBe(0);
  writeFileSync(join(cwd, SCHEMA, 'bug.json'), JSON.stringify({ ...BUG, required: [] }));
  const stale = await runHere(check, { cwd });
  expect([stale.code, stale.stderr]).toEqual([5, `error: \`tasks.ts\` is out of date\n${hint}`]);
  expect(readFileSync(join(cwd, 'tasks.ts'), 'utf8')).toContain('\r\n');
});

test('a spec with errors gives no types, and a file is asked for where one is checked', async () => {
  const cwd = withSchemas({ ...BUG, propertees: {} });
  const { code, stdout, stderr } = await runHere(['types', '--out', 'tasks.ts'], { cwd });
  expect([code, stdout, stderr.includes('error[NT1402]')]).toEqual([1, '', true]);
  expect(await runHere(['types', '--check'], { cwd })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: `--check` needs `--out`: the file to look at\n',
  });
});
