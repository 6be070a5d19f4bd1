import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { documentation, pages } from './docs.ts';
import { quotesOf } from './docs-quotes.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('every page is up to date: references are made anew, quotes equal their files', async () => {
  for (const [path, text] of await documentation()) {
    expect(read(path) === text, `${path} is out of date: run npm run docs`).toBe(true);
  }
});

test('every example is quoted in the guides', () => {
  const quoted = pages().flatMap((path) => quotesOf(read(path)));
  const shown = new Set(quoted.map((path) => /^spec\/examples\/([^/]+)\//.exec(path)?.[1]));
  const examples = readdirSync(join(ROOT, 'spec/examples'), { withFileTypes: true }).filter((one) => one.isDirectory());
  expect(examples.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
});

test.for(pages())('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  for (const link of links.filter((each) => !/^(https?:|#)/.test(each))) {
    const [path = '', anchor] = link.split('#');
    const file = join(ROOT, dirname(page), path);
    expect(existsSync(file), `${page} links to ${link}`).toBe(true);
    if (anchor !== undefined)
      expect(anchorsOf(readFileSync(file, 'utf8')), `${page} links to ${link}`).toContain(anchor);
  }
});

test.for(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('every path that %s names exists', (page) => {
  const named = [...read(page).matchAll(/`((?:spec|compiler|runtime|scripts|docs|policies|\.github|\.ci)\/[^`\s]*)`/g)];
  const paths = named.map(([, path = '']) => path).filter((path) => !/[<*{]/.test(path));
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the commands that the pages tell people to run exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const all = [...pages(), '.github/PULL_REQUEST_TEMPLATE.md', '.github/workflows/ci.yml', '.ci/run']
    .map(read)
    .join('\n');
  const named = new Set([...all.matchAll(/\bnpm run (?:--silent )?([a-z:]+)/g)].map(([, name = '']) => name));
  expect(named.size).toBeGreaterThan(4);
  expect([...named].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('ARCHITECTURE.md can be read in one sitting', () => {
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(200);
});

/** Output of a command without what differs between two runs. */
const settled = (text: string) => text.replace(/\d+(\.\d+)? ?m?s\b/g, 'TIME').trimEnd();

test('the tours of the pages print what they say', () => {
  let shown = 0;
  for (const page of pages()) {
    const sessions = [...read(page).matchAll(/```console\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    const steps = sessions.flatMap((text) => text.split(/^\$ /m).slice(1));
    const lines = steps.map((step) => step.slice(0, step.indexOf('\n')));
    const outputs = steps.map((step) => step.slice(step.indexOf('\n') + 1));
    expect(tour(lines).map(settled), page).toEqual(outputs.map(settled));
    shown += steps.length;
  }
  expect(shown).toBeGreaterThan(5);
});

/** Runs the lines of a page one after the other in an empty folder, and gives what each of them printed. */
function tour(lines: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-tour-'));
  const command = join(folder, 'bin/nova-torch');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist/compiler/cli/main.js')}' "$@"\n`);
  chmodSync(command, 0o755);
  const between = '----8<----';
  const script = ['exec 2>&1', ...lines.flatMap((line) => [line, `echo '${between}'`])].join('\n');
  const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, NO_COLOR: '1', COLUMNS: '100' };
  const cwd = join(folder, 'here');
  mkdirSync(cwd);
  const run = spawnSync('sh', ['-c', script], { cwd, env, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return run.stdout.split(`${between}\n`).slice(0, -1);
}

/** Headings as GitHub links to them. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
