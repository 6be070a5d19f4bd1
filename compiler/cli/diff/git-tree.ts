import { execFileSync } from 'node:child_process';
import { UsageError } from '../usage.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Most bytes of a tree that are read from Git. */
const BYTES_MAX = 512 * 1024 * 1024;

/**
 * The files below `generated/` at a Git ref, by their path below it. Git is called with an argument list, never through a
 * shell, and only after it has named the commit that the ref means. Throws UsageError for what is no commit.
 */
export function generatedAt(root: string, ref: string): ReadonlyMap<string, string> {
  const prefix = prefixOf(root);
  const commit = commitOf(root, ref);
  const listing = git(root, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', prefix]).toString('utf8');
  const entries = listing.split('\0').flatMap((entry) => {
    // Regular files: what a link holds is a path.
    const [, object, path] = /^100[0-7]+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    return object !== undefined && path !== undefined ? [{ object, path }] : [];
  });
  const texts = blobs(
    root,
    entries.map(({ object }) => object),
  );
  return new Map(
    entries.map(({ path }, index) => [path.slice(prefix.length), sure(texts[index], 'the text of a file')]),
  );
}

function commitOf(root: string, ref: string): string {
  try {
    return git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
      .toString('utf8')
      .trim();
  } catch {
    throw new UsageError(`Git knows no commit \`${ref}\``, ['name a branch, a tag or a commit of this repository']);
  }
}

/** Where `generated/` stands in its Git repository, with a slash at the end. Throws UsageError where there is none to ask. */
function prefixOf(root: string): string {
  try {
    return `${git(root, ['rev-parse', '--show-prefix']).toString('utf8').trim()}generated/`;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: Buffer };
    if (code === 'ENOENT')
      throw new UsageError('`--base` needs Git, which is not installed here', [
        'install it, or compare with `generated/` as it lies here: nova-torch diff',
      ]);
    const said = stderr?.toString('utf8').split('\n')[0] ?? '';
    throw new UsageError(`Git cannot read the repository \`${root}\` is in`, said === '' ? [] : [`Git says: ${said}`]);
  }
}

function blobs(root: string, objects: readonly string[]): string[] {
  if (objects.length === 0) return [];
  const output = git(root, ['cat-file', '--batch'], `${objects.join('\n')}\n`);
  const texts: string[] = [];
  let offset = 0;
  for (let index = 0; index < objects.length; index++) {
    const end = output.indexOf(10, offset);
    const size = Number(output.toString('utf8', offset, end).split(' ')[2]);
    texts.push(output.toString('utf8', end + 1, end + 1 + size));
    offset = end + 1 + size + 1;
  }
  return texts;
}

function git(root: string, words: readonly string[], input?: string): Buffer {
  const options = { cwd: root, maxBuffer: BYTES_MAX, stdio: 'pipe' as const };
  return execFileSync('git', [...words], input === undefined ? options : { ...options, input });
}
