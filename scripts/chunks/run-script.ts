import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

type Exports = Readonly<Record<string, unknown>>;

/** A script is one function, which is given what a module has of its own. */
type Body = (
  module: { exports: Exports },
  require: (name: string) => unknown,
  url: string,
  load: (name: string) => Promise<unknown>,
) => void;

/** The scripts of this process by their files, for whoever keeps what V8 made of them. */
export const scripts = new Map<string, { readonly script: Script; readonly exports: Exports }>();

/**
 * Runs a script beside the module `url`, and gives what it exports. `modules` are those it imports. Beside it may lie what
 * V8 made of it when the package was built, and then next to nothing is compiled. That is for one version of Node and the
 * settings V8 begins with: with any other the script is compiled as ever. It is code like the script, and lies where only
 * those can write who can write the script; what a repository brings is never such a thing.
 */
export function runScript(name: string, url: string, modules: Exports): Exports {
  const file = fileURLToPath(new URL(name, url));
  const code = readFileSync(file);
  const cachedData = compiledBefore(file, code);
  const options = { filename: file, ...(cachedData !== undefined && { cachedData }) };
  // Plain ASCII, so that a character is a byte.
  const script = new Script(code.toString('latin1'), options);
  const module: { exports: Exports } = { exports: {} };
  const require = createRequire(url);
  const body = script.runInThisContext() as Body;
  body(
    module,
    (wanted) => modules[wanted] ?? require(wanted),
    url,
    (wanted) => import(new URL(wanted, url).href),
  );
  scripts.set(file, { script, exports: module.exports });
  return module.exports;
}

/** Where this version of Node finds what it made of a script. */
export function compiledFile(script: string): string {
  return `${script}.${process.version}-${process.arch}`;
}

const DIGEST_BYTES = 32;

/** What stands in that file: a digest, and what V8 made. V8 itself asks for the length of both, and would run anything. */
export function compiledBytes(code: Uint8Array, compiled: Uint8Array): Buffer {
  return Buffer.concat([digestOf(code, compiled), compiled]);
}

/** Nothing where there is none, or one that was damaged or is of another script. */
function compiledBefore(file: string, code: Uint8Array): Buffer | undefined {
  try {
    const bytes = readFileSync(compiledFile(file));
    const compiled = bytes.subarray(DIGEST_BYTES);
    return digestOf(code, compiled).equals(bytes.subarray(0, DIGEST_BYTES)) ? compiled : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(code: Uint8Array, compiled: Uint8Array): Buffer {
  return createHash('sha256').update(code).update(compiled).digest();
}
