import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { membersOf, namedChunks } from './groups.ts';
import type { Group, Outputs } from './groups.ts';

export interface Joining {
  /** What esbuild made: modules, split into chunks. */
  readonly outputs: Outputs;
  readonly groups: readonly Group[];
  /** Modules whose chunks stay as they are, with all that they import. */
  readonly apart: readonly string[];
  /** Of the chunks; `run-script.js` is found in it. */
  readonly folder: string;
  /** Tells the files of two builds apart. */
  readonly digest: string;
}

/** Where the exports of a chunk are now, and under which names. */
interface Place {
  readonly file: string;
  readonly names: Names;
}

type Names = ReadonlyMap<string, string>;
type Places = ReadonlyMap<string, Place>;

/**
 * Puts chunks that are loaded together into one script each (`run-script.ts`), and gives the paths of all files there are
 * then. esbuild makes a chunk for every set of entries that share a module, so that one compile opened eighty files; to find
 * one takes Node longer than to compile most of them, and what a module compiles it compiles each time.
 */
export async function joinChunks({ outputs, groups, apart, folder, digest }: Joining): Promise<Set<string>> {
  const members = new Map<string, ReadonlyMap<string, Names>>();
  for (const [group, paths] of membersOf(outputs, groups, apart))
    members.set(join(folder, `joined-${group}-${digest}.js`), namesOf(outputs, paths));
  const places = new Map<string, Place>();
  for (const [file, names] of members) for (const [path, own] of names) places.set(resolve(path), { file, names: own });
  const made = new Map<string, string>();
  for (const [file, names] of members) {
    const { code, imports } = await scriptOf(names, folder);
    made.set(scriptBeside(file), functionOf(code, folder, places));
    made.set(file, moduleOf(file, imports, [...names.values()], places));
  }
  const named = namedChunks(outputs);
  for (const path of Object.keys(outputs)) {
    const place = places.get(resolve(path));
    if (place === undefined) made.set(path, redirected(path, readFileSync(path, 'utf8'), places));
    else if (named.has(path)) made.set(path, exportsAgain(path, place));
    else rmSync(path);
  }
  for (const [path, code] of made) writeFileSync(path, code);
  return new Set(made.keys());
}

function scriptBeside(file: string): string {
  return file.replace(/js$/, 'cjs');
}

/** A name in the group for each export of its chunks: two may export the same. */
function namesOf(outputs: Outputs, paths: readonly string[]): ReadonlyMap<string, Names> {
  const taken = new Set(['default']);
  const unique = (name: string): string => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return free;
  };
  return new Map(paths.map((path) => [path, new Map(outputs[path]?.exports.map((name) => [name, unique(name)]))]));
}

/** The chunks as one function, and what it requires. */
async function scriptOf(
  names: ReadonlyMap<string, Names>,
  folder: string,
): Promise<{ readonly code: string; readonly imports: readonly string[] }> {
  const paths = [...names.keys()];
  const contents = [...names].map(([path, own]) => exportLine(specifier(folder, path), [...own])).join('');
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents, resolveDir: resolve(folder) },
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    define: { 'import.meta.url': '__url' },
    plugins: [only(paths, folder)],
  });
  const code = outputFiles[0]?.text ?? '';
  for (const { text } of warnings) throw new Error(text);
  // A package's default would become the whole of it.
  for (const path of paths) {
    const [line] = /^import \w+(?:,[^"]*)? from "(?!node:|\.).*$/m.exec(readFileSync(path, 'utf8')) ?? [];
    if (line !== undefined) throw new Error(`a script cannot say: ${line}`);
  }
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const required = imports.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => path);
  return { code, imports: [...new Set(required)] };
}

/** Brings in these files and leaves every other where it is. */
function only(paths: readonly string[], folder: string): Plugin {
  const inside = new Set(paths.map((path) => resolve(path)));
  return {
    name: 'only',
    setup: ({ onResolve }) => {
      onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
        if (!path.startsWith('.')) return { path, external: true };
        const file = resolve(resolveDir, path);
        const isInside = kind === 'import-statement' && inside.has(file);
        return isInside ? { path: file } : { path: specifier(folder, file), external: true };
      });
    },
  };
}

/** A script has no `import()` of its own. A chunk that is in a script now is asked of that, and not of what is left of it. */
function functionOf(code: string, folder: string, places: Places): string {
  const body = code.replaceAll(/\bimport\("([^"]+)"\)/g, (_, wanted: string) => {
    const place = wanted.startsWith('.') ? places.get(resolve(folder, wanted)) : undefined;
    if (place === undefined) return `__load("${wanted}")`;
    const names = [...place.names].map(([was, is]) => `${was}: all.${is}`).join(', ');
    return `__load("${specifier(folder, place.file)}").then((all) => ({ ${names} }))`;
  });
  if (/[\u0080-\uffff]/.test(body)) throw new Error('a script is plain ASCII');
  return `(function (module, require, __url, __load) {${body}\n})`;
}

/** The module in whose name a script runs: it imports what the script requires, and exports what the script has. */
function moduleOf(file: string, imports: readonly string[], exported: readonly Names[], places: Places): string {
  const folder = dirname(file);
  const lines = [`import { runScript } from './run-script.js';`];
  const given: string[] = [];
  for (const [index, wanted] of imports.entries()) {
    if (wanted.startsWith('node:')) continue;
    const place = wanted.startsWith('.') ? places.get(resolve(folder, wanted)) : undefined;
    const values =
      place === undefined ? [`...m${index}`] : [...place.names].map(([was, is]) => `${was}: m${index}.${is}`);
    lines.push(`import * as m${index} from "${place === undefined ? wanted : specifier(folder, place.file)}";`);
    given.push(`"${wanted}": { ${values.join(', ')} }`);
  }
  const all = exported.flatMap((names) => [...names.values()]).join(', ');
  const script = specifier(folder, scriptBeside(file));
  return `${lines.join('\n')}
export const { ${all} } = runScript("${script}", import.meta.url, { ${given.join(', ')} });
`;
}

/** What is left of a chunk that is asked for by its name. */
function exportsAgain(path: string, { file, names }: Place): string {
  const renamed = [...names].map(([was, is]) => [is, was] as const);
  return exportLine(specifier(dirname(path), file), renamed);
}

function exportLine(from: string, names: readonly (readonly [name: string, as: string])[]): string {
  if (names.length === 0) return `import "${from}";\n`;
  return `export { ${names.map(([name, as]) => `${name} as ${as}`).join(', ')} } from "${from}";\n`;
}

/** As esbuild writes them, each on lines of its own. */
const IMPORT = /^import (?:\{([^}]*)\} from )?"(\.[^"]+)";$/gm;

/** A chunk that imports everything from where it is now. */
function redirected(path: string, code: string, places: Places): string {
  return code.replace(IMPORT, (line, list: string | undefined, from: string) => {
    const place = places.get(resolve(dirname(path), from));
    if (place === undefined) return line;
    const to = specifier(dirname(path), place.file);
    if (list === undefined) return `import "${to}";`;
    const wanted = list.split(',').map((one) => {
      const [name = '', as = name] = one.trim().split(' as ');
      return `${place.names.get(name) ?? name} as ${as}`;
    });
    return `import { ${wanted.join(', ')} } from "${to}";`;
  });
}

/** How a module in `folder` names a file. */
function specifier(folder: string, file: string): string {
  const path = relative(resolve(folder), resolve(file)).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}
