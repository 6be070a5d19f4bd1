import { expect, test } from 'vitest';
import { applyFixes } from '../diagnostics/apply-fixes.ts';
import { collector } from '../diagnostics/report.ts';
import { caseFiles, caseNames } from '../diagnostics/testing/case-files.ts';
import { problemsOf } from '../diagnostics/testing/problems-of.ts';
import { loadFile, loadSpec } from './load.ts';
import { placeOf } from './places.ts';
import { documentFromCache } from './spec-document.ts';

const FLEET = `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata:
  name: extra
spec:
  agent: { image: "ghcr.io/acme/extra:1", slots: 2 }
  accepts:
    web_research: {}
`;
const PATH = 'spec/teams/research/extra.yaml';

test('the base company becomes documents, sorted by file, with ids from their places', () => {
  const { report, diagnostics } = collector();
  const { documents, broken, assets } = loadSpec([...caseFiles('base')].reverse(), report);
  expect(diagnostics).toEqual([]);
  expect(documents.map(({ kind, id, team }) => `${kind} ${id} ${team ?? '-'}`)).toEqual([
    'Company acme -',
    'Environment dev -',
    'Environment prod -',
    'Provider vendor-a -',
    'ToolServer github -',
    'Fleet engineering/code-fixer engineering',
    'Route engineering/bug-fix engineering',
    'Route engineering/testing engineering',
    'Team engineering engineering',
    'Fleet engineering/test-writer engineering',
    'Route research/web-research research',
    'Team research research',
    'Fleet research/web-reader research',
  ]);
  expect([...broken]).toEqual([]);
  expect([...assets.keys()]).toEqual([
    'spec/teams/engineering/prompts/code-fixer.md',
    'spec/teams/engineering/schemas/bug-fix.input.json',
  ]);
});

test('a broken document is remembered by kind and id, so that nobody reports it as missing', () => {
  const { report } = collector();
  const text = FLEET.replace('slots: 2', 'slots: many');
  const spec = loadSpec([...caseFiles('base'), { path: PATH, text }], report);
  expect([...spec.broken]).toEqual(['Fleet:research/extra']);
  expect(spec.documents.some(({ name }) => name === 'extra')).toBe(false);
});

test('the folder of a broken Team has a Team', async () => {
  const files = caseFiles('base').map(({ path, text }) => ({
    path,
    text: path === 'spec/teams/research/team.yaml' ? text.replace('egress', 'egres') : text,
  }));
  expect((await problemsOf(files)).filter(({ code }) => code < 'NT2').map(({ code }) => code)).toEqual(['NT1201']);
});

test('a document with a secret anywhere in its file is not used', () => {
  const { report, diagnostics } = collector();
  const text = `${FLEET}# AKIA${'ABCD2345'.repeat(2)}\n`;
  expect(loadFile({ path: PATH, text }, report)).toEqual({
    documents: [],
    broken: [{ kind: 'Fleet', id: 'research/extra' }],
  });
  expect(JSON.stringify(diagnostics)).not.toContain('AKIA');
});

test('prompts and schemas with deceiving characters or secrets are not used', () => {
  const { report, diagnostics } = collector();
  const { assets } = loadSpec(
    [
      { path: 'spec/teams/a/p.md', text: 'Be kind.\u202E' },
      { path: 'spec/teams/a/q.txt', text: `password: Xk29fLq8Zt41Wm7e` },
      { path: 'spec/teams/a/r.txt', text: '\tBe kind.\r\n' },
    ],
    report,
  );
  expect([...assets.keys()]).toEqual(['spec/teams/a/r.txt']);
  expect(diagnostics.map(({ code }) => code)).toEqual(['NT1111', 'NT1301']);
});

test('the places of a document are found in its text, parsed once, and only when asked for', () => {
  const { report } = collector();
  const [document] = loadFile({ path: PATH, text: `# first\n${FLEET}` }, report).documents;
  if (document === undefined) throw new Error('the document was not loaded');
  let asked = 0;
  const { file, index, kind, name, value } = document;
  const textOf = () => {
    asked += 1;
    return `# first\n${FLEET}`;
  };
  const cached = documentFromCache({ file, index, kind, name, team: 'research', value }, textOf);
  expect([cached.id, cached.team, asked]).toEqual(['research/extra', 'research', 0]);
  const at = (...[path, part]: Parameters<typeof cached.locate>) => {
    const { start, end } = cached.locate(path, part);
    return `# first\n${FLEET}`.slice(start, end);
  };
  expect(at(['metadata', 'name'])).toBe('extra');
  expect(at(['metadata', 'name'], 'key')).toBe('name');
  expect(at(['metadata', 'name'], 'entry')).toBe('name: extra');
  expect(at(['spec', 'agent', 'slots'])).toBe('2');
  expect(at(['spec', 'agent'])).toBe('{ image: "ghcr.io/acme/extra:1", slots: 2 }');
  expect(at(['spec', 'agent', 'delivery'])).toBe('agent');
  expect(at(['spec', 'scale', 'min'])).toBe('spec');
  expect(at([])).toBe(FLEET.trimEnd());
  expect(asked).toBe(1);
  expect(() => documentFromCache({ file, index: 3, kind, name, value }, textOf).locate([])).toThrow('no document 3');
});

test('only a place for documents can be loaded as documents', () => {
  expect(() => loadFile({ path: 'spec/teams/a/x.json', text: '' }, () => undefined)).toThrow('holds no documents');
  expect(placeOf('spec/teams/x.yaml').type).toBe('unknown');
  expect(placeOf('spec/environments/deeper/x.yaml').type).toBe('unknown');
});

test('every fix of every case takes its problem away and brings no other', async () => {
  let fixed = 0;
  for (const name of caseNames()) {
    const files = caseFiles(name);
    const before = await problemsOf(files);
    const { files: changed, applied } = applyFixes(files, before);
    if (applied.length === 0) continue;
    const texts = new Map(changed.map(({ path, text }) => [path, text]));
    const after = await problemsOf(files.map(({ path, text }) => ({ path, text: texts.get(path) ?? text })));
    const left = new Set(after.map(({ code, message }) => `${code} ${message}`));
    expect({ name, left: applied.filter(({ code, message }) => left.has(`${code} ${message}`)) }).toEqual({
      name,
      left: [],
    });
    fixed += applied.length;
  }
  expect(fixed).toBeGreaterThan(8);
});

test.each([
  ['kind: Fleet', 'knd: Fleet', ['NT1201 unknown field `knd` in the document']],
  ['kind: Fleet', 'knd: Flet', ['NT1201 unknown field `knd` in the document', 'NT1209 there is no kind `Flet`']],
  ['apiVersion:', 'apiversion:', ['NT1201 unknown field `apiversion` in the document']],
  ['metadata:', 'metdata:', ['NT1201 unknown field `metdata` in the document']],
  ['name: extra', 'nam: extra', ['NT1201 unknown field `nam` in `metadata`']],
  ['spec:', 'specs:', ['NT1201 unknown field `specs` in the document']],
  ['agent:', 'agents:', ['NT1201 unknown field `agents` in `spec`']],
  ['image:', 'imgae:', ['NT1201 unknown field `imgae` in `spec.agent`']],
  // Two of one meaning: one of them was meant to be the other.
  [
    'image:',
    'imag: x, imge:',
    ['NT1201 unknown field `imag` in `spec.agent`', 'NT1201 unknown field `imge` in `spec.agent`'],
  ],
  // The only one that is unknown is the only one that is missing, whatever it is called.
  ['image:', 'picture:', ['NT1201 unknown field `picture` in `spec.agent`']],
])('a required field that is misspelt is not missing as well: %s as %s', (field, written, wanted) => {
  const { report, diagnostics } = collector();
  expect(FLEET).toContain(field);
  loadFile({ path: PATH, text: FLEET.replace(field, written) }, report);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`).sort()).toEqual(wanted);
});

test.each([
  ['description: 2026', 'puts it in quotes', []],
  ['accepts: { web_research: { timeouts: { run: 5 } } }', undefined, ['for example `250ms`, `30s`, `45m`, `7d`']],
  ['memory: { path: /m, size: 20 }', undefined, ['for example `512Mi`, `20Gi`']],
])('a number is put in quotes only where the text would be taken: %s', (part, title, notes) => {
  const { report, diagnostics } = collector();
  const field = part.slice(0, part.indexOf(':'));
  const others = FLEET.replace(
    '  accepts:\n    web_research: {}\n',
    field === 'accepts' ? '' : '  accepts: { a: {} }\n',
  );
  loadFile({ path: PATH, text: `${others}  ${part}\n` }, report);
  expect(diagnostics.map(({ code, fix, notes: said }) => [code, fix?.title, said])).toEqual([['NT1203', title, notes]]);
});

test('a misspelt kind is known all the same, so that nobody misses the document', () => {
  const { report } = collector();
  const { broken } = loadFile({ path: PATH, text: FLEET.replace('kind:', 'knd:') }, report);
  expect(broken).toEqual([{ kind: 'Fleet', id: 'research/extra' }]);
});

test.each([
  ['expect: [{ task: { task: a }, goeTo: [b] }]', 'goeTo'],
  ['fallback: [{ too: b, when: [no-agent] }]', 'too'],
])('the same goes for one of several fields of which one must be there: %s', (part, field) => {
  const { report, diagnostics } = collector();
  const spec = `spec:\n  match: { task: a }\n  to: { b: 1 }\n  ${part}\n`;
  loadFile({ path: PATH, text: `apiVersion: nova-torch.dev/v1\nkind: Route\nmetadata: { name: a }\n${spec}` }, report);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    expect.stringMatching(`NT1201 unknown field \`${field}\``),
  ]);
});

test.each([
  ['kind: 3\n', ['NT1202', 'NT1203']],
  ['{}\n', ['NT1202', 'NT1202']],
  ['{ kind: Fleet, metadata: { name: a }, spec: {} }\n', ['NT1202']],
  ['text\n', ['NT1214']],
  ['kind: Fleet\napiVersion: [1]\n', ['NT1210']],
])('a document that does not say what it is: %j', (text, codes) => {
  const { report, diagnostics } = collector();
  expect(loadFile({ path: PATH, text }, report).documents).toEqual([]);
  expect(diagnostics.map(({ code }) => code).sort()).toEqual(codes);
});

test('files in places that hold nothing are passed over', () => {
  const { report, diagnostics } = collector();
  const files = [
    { path: 'spec/pins/dev.yaml', text: 'x' },
    { path: 'spec/other/x.yaml', text: 'x' },
  ];
  expect(loadSpec(files, report)).toEqual({ documents: [], broken: new Set(), assets: new Map() });
  expect(diagnostics).toEqual([]);
});

test('documents of a file that cannot be parsed are remembered by their looks', () => {
  const { report } = collector();
  const text = `${FLEET}---\nkind: "Route"\nmetadata: { labels: { a: b }, name: 'one' }\n---\nkind: Else\n---\n# a: [\nb: "\n`;
  expect(loadFile({ path: PATH, text }, report)).toEqual({
    documents: [],
    broken: [
      { kind: 'Fleet', id: 'research/extra' },
      { kind: 'Route', id: 'research/one' },
    ],
  });
});

test.each<[text: string, broken: readonly string[]]>([
  // Of another kind than was meant, or called what nothing can be called: names that lead nowhere may be this one's.
  [FLEET.replace('kind: Fleet', 'kind: Flet'), ['Team:research', 'Fleet:research/extra']],
  [FLEET.replace('kind: Fleet\n', ''), ['Team:research', 'Fleet:research/extra']],
  [FLEET.replace('name: extra', 'name: my_extra'), ['Fleet:*']],
  [FLEET.replace('name: extra', 'nam: extra'), ['Fleet:*']],
  [FLEET.replace('name: extra', 'name: web-reader'), ['Fleet:*']],
  ['kind: Team\nmetadata: {}\n', ['Team:research']],
  ['text\n', ['Team:research', 'Fleet:*']],
  ['a: [', ['Team:research', 'Fleet:*']],
  // What says nothing may have said anything.
  ['', ['Team:research', 'Fleet:*']],
  ['# soon\n', ['Team:research', 'Fleet:*']],
  ['---\n', ['Team:research', 'Fleet:*']],
  // Nothing is missing from an empty document beside another one.
  [`---\n---\n${FLEET}`, []],
])('a document whose name nobody knows may be any: %j', (text, wanted) => {
  const { report } = collector();
  const { broken } = loadSpec([...caseFiles('base'), { path: PATH, text }], report);
  expect([...broken].filter((one) => /^(Team|Fleet):/.test(one))).toEqual(wanted);
});

test('a document of a kind that cannot stand there is missed where it should stand', () => {
  const { report } = collector();
  const { broken } = loadSpec([{ path: 'spec/extra.yaml', text: FLEET }], report);
  expect([...broken]).toEqual(['Fleet:*']);
});

test('what may stand in files and folders that were not read is remembered', () => {
  const brokenBy = (path: string) => [...loadSpec([], () => undefined, [path]).broken];
  expect(brokenBy('spec/environments/dev.yaml')).toEqual(['Environment:*']);
  expect(brokenBy('spec/environments/dev.yml')).toEqual(['Environment:*']);
  expect(brokenBy('spec/teams/a/prompts/x.md')).toEqual(['File:spec/teams/a/prompts/x.md']);
  expect(brokenBy('spec/teams/a')).toContain('Fleet:*');
  expect(brokenBy('spec')).toEqual(expect.arrayContaining(['Company:*', 'Patch:*', 'File:*']));
  const prompt = { path: 'spec/teams/a/x.md', text: 'AKIA' + 'ABCD2345'.repeat(2) };
  expect([...loadSpec([prompt], () => undefined).broken]).toEqual(['File:spec/teams/a/x.md']);
});
