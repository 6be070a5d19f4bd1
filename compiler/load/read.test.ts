import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import { LIMITS } from './limits.ts';
import { listSpec, readEntry, readSpec } from './read.ts';
import { folderWith } from './testing/folder.ts';

const COMPANY = { 'spec/company.yaml': 'a: 1\n' };

function read(root: string): { readonly paths: readonly string[]; readonly problems: readonly string[] } {
  const { report, diagnostics } = collector();
  const paths = readSpec(root, report).map(({ path }) => path);
  return { paths, problems: diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

test('only known places and endings are read, sorted by path', () => {
  const root = folderWith({
    ...COMPANY,
    'spec/teams/a/b.yaml': '',
    'spec/teams/a/schemas/x.json': '{}',
    'spec/teams/a/prompts/p.md': '',
    'spec/environments/dev.yaml': '',
    'spec/contract/schema/x.yaml': '',
    'spec/examples/y.yaml': '',
    'spec/pins/dev.yaml': '',
    'spec/.hidden/z.yaml': '',
    'spec/teams/a/.swp': '',
  });
  expect(read(root)).toEqual({
    paths: [
      'spec/company.yaml',
      'spec/environments/dev.yaml',
      'spec/teams/a/b.yaml',
      'spec/teams/a/prompts/p.md',
      'spec/teams/a/schemas/x.json',
    ],
    problems: [],
  });
});

test('a file in an unknown place or with an unknown ending is named', () => {
  const root = folderWith({ ...COMPANY, 'spec/teams/a/b.yml': '', 'spec/notes/x.yaml': '', 'spec/x.txt': '' });
  expect(read(root)).toEqual({
    paths: ['spec/company.yaml'],
    problems: [
      'NT1007 `spec/notes/x.yaml` is not read: no documents belong in this folder',
      'NT1009 `spec/teams/a/b.yml` must end with `.yaml` to be read',
      'NT1007 `spec/x.txt` is not read: schemas and prompts stand with a team',
    ],
  });
});

test('a file whose place something else took since is not read', async () => {
  const root = folderWith({ ...COMPANY, 'spec/teams/a/b.yaml': 'a: 1\n' });
  const { report, diagnostics } = collector();
  const [, entry] = listSpec(root, report);
  const path = join(root, 'spec/teams/a/b.yaml');
  rmSync(path);
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  expect(entry && readEntry(root, entry, report)).toBeUndefined();
  server.close();
  expect(diagnostics.map(({ message }) => message)).toEqual(['`spec/teams/a/b.yaml` cannot be read: ENXIO']);
});

test('links, pipes and second names are refused and the rest is read', () => {
  const root = folderWith({ ...COMPANY, 'spec/teams/a/real.yaml': '' });
  symlinkSync('/etc/passwd', join(root, 'spec/teams/a/link.yaml'));
  symlinkSync('/etc', join(root, 'spec/teams/etc'));
  linkSync(join(root, 'spec/company.yaml'), join(root, 'spec/teams/a/second.yaml'));
  execFileSync('mkfifo', [join(root, 'spec/teams/a/pipe.yaml')]);
  const { paths, problems } = read(root);
  expect(paths).toEqual(['spec/teams/a/real.yaml']);
  expect([...problems].sort()).toEqual([
    'NT1001 `spec/company.yaml` is a file with a second name (a hard link), and only regular files are read',
    'NT1001 `spec/teams/a/link.yaml` is a symbolic link, and only regular files are read',
    'NT1001 `spec/teams/a/pipe.yaml` is a named pipe, and only regular files are read',
    'NT1001 `spec/teams/a/second.yaml` is a file with a second name (a hard link), and only regular files are read',
    'NT1001 `spec/teams/etc` is a symbolic link, and only regular files are read',
  ]);
});

test('a spec that is itself a link or a file is refused', () => {
  const linked = folderWith({ 'real/company.yaml': '' });
  symlinkSync('real', join(linked, 'spec'));
  expect(read(linked).problems).toEqual(['NT1001 `spec` is a symbolic link, and only regular files are read']);
  const file = folderWith({ spec: '' });
  expect(read(file).problems).toEqual(['NT1001 `spec` is a file, not a folder, and only regular files are read']);
});

test('a file of more than 256 KiB is not opened', () => {
  const root = folderWith({ ...COMPANY, 'spec/teams/a/big.yaml': '', 'spec/teams/a/full.yaml': '' });
  truncateSync(join(root, 'spec/teams/a/big.yaml'), LIMITS.fileBytesMax + 1);
  truncateSync(join(root, 'spec/teams/a/full.yaml'), LIMITS.fileBytesMax);
  expect(read(root)).toEqual({
    paths: ['spec/company.yaml', 'spec/teams/a/full.yaml'],
    problems: ['NT1002 `spec/teams/a/big.yaml` holds 262145 bytes, more than the limit of 262144'],
  });
});

test('more than 16 MiB in all are not read', () => {
  const root = folderWith(COMPANY);
  mkdirSync(join(root, 'spec/teams/a'), { recursive: true });
  for (let index = 0; index <= LIMITS.totalBytesMax / LIMITS.fileBytesMax; index++) {
    const path = join(root, `spec/teams/a/${index}.yaml`);
    writeFileSync(path, '');
    truncateSync(path, LIMITS.fileBytesMax);
  }
  expect(read(root)).toEqual({
    paths: [],
    problems: ['NT1004 the files of `spec/` hold more than 16777216 bytes together'],
  });
});

test('more than 20,000 files are not read, in however many folders', () => {
  const root = folderWith(COMPANY);
  for (const folder of ['a', 'b']) {
    mkdirSync(join(root, 'spec/teams', folder), { recursive: true });
    for (let index = 0; index < 10_010; index++) writeFileSync(join(root, `spec/teams/${folder}/${index}.yaml`), '');
  }
  const { report, diagnostics } = collector();
  expect(listSpec(root, report)).toEqual([]);
  const at = { file: 'spec', start: 0, end: 0 };
  expect(diagnostics).toMatchObject([{ code: 'NT1003', message: '`spec/` holds more than 20000 files', at }]);
});

test('a file that is not UTF-8 is refused with the offset of the first wrong byte', () => {
  const root = folderWith({ ...COMPANY, 'spec/teams/a/latin.yaml': Uint8Array.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]) });
  expect(read(root).problems).toEqual(['NT1005 byte 3 is not UTF-8']);
});

test('a byte order mark is kept, so that places in the text are places in the file', () => {
  const root = folderWith({ 'spec/company.yaml': '\uFEFFa: 1\n' });
  const { report } = collector();
  expect(readSpec(root, report)).toEqual([{ path: 'spec/company.yaml', text: '\uFEFFa: 1\n' }]);
});

test('no spec, and an empty one, are problems', () => {
  const root = folderWith({ 'README.md': '' });
  expect(read(root).problems).toEqual([`NT1008 there is no spec to read in \`${root}\``]);
  mkdirSync(join(root, 'spec'));
  expect(read(root).problems).toEqual([`NT1008 there is no spec to read in \`${root}\``]);
});

test('a file that changes between the listing and the reading is refused, not misread', () => {
  const root = folderWith({ ...COMPANY, 'spec/a.yaml': '', 'spec/b.yaml': '', 'spec/c.yaml': '' });
  const { report, diagnostics } = collector();
  const entries = listSpec(root, report);
  rmSync(join(root, 'spec/a.yaml'));
  writeFileSync(join(root, 'other'), 'x');
  renameSync(join(root, 'other'), join(root, 'spec/b.yaml'));
  rmSync(join(root, 'spec/c.yaml'));
  symlinkSync('/etc/passwd', join(root, 'spec/c.yaml'));
  const texts = entries.map((entry) => readEntry(root, entry, report)?.text);
  expect(texts).toEqual([undefined, undefined, undefined, 'a: 1\n']);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'NT1006 `spec/a.yaml` cannot be read: it is gone',
    'NT1001 `spec/b.yaml` is another file than before, and only regular files are read',
    'NT1006 `spec/c.yaml` cannot be read: it became a symbolic link',
  ]);
});

test('1,000 small files are listed and read in well under a second', () => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`spec/teams/a/${index}.yaml`, 'x: 1\n'.repeat(280)]),
  );
  const root = folderWith(files);
  const { report } = collector();
  const begin = performance.now();
  expect(readSpec(root, report)).toHaveLength(1000);
  expect(performance.now() - begin).toBeLessThan(600);
});

test('a socket is refused', async () => {
  const root = folderWith(COMPANY);
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(join(root, 'spec/socket.yaml'), resolve);
  });
  expect(read(root)).toEqual({
    paths: ['spec/company.yaml'],
    problems: ['NT1001 `spec/socket.yaml` is a socket, and only regular files are read'],
  });
  await new Promise((resolve) => server.close(resolve));
});
