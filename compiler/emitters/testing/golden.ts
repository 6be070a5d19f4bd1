import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '../../compile.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { printText } from '../../diagnostics/print-text.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';

/**
 * Golden folders, `compiler/emitters/<emitter>/golden/<case>/`: `spec/` is laid over the base company of the diagnostics'
 * cases, every other file is what `prod` compiles to. A file stands by its path below `generated/prod/`, or below the folder
 * of the fleet `engineering/golden`. A new one begins as an empty file that `npm run golden` fills.
 */
const EMITTERS = fileURLToPath(new URL('..', import.meta.url));
const FLEET = 'teams/engineering/golden';

export interface GoldenFile {
  /** `<case>/<file>` */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly present: string;
}

/** Emitters that have golden folders. */
export function goldenEmitters(): readonly string[] {
  return readdirSync(EMITTERS).filter((name) => existsSync(join(EMITTERS, name, 'golden')));
}

/** Golden files of an emitter, by case and file name. */
export function goldenFiles(emitter: string): readonly GoldenFile[] {
  const root = join(EMITTERS, emitter, 'golden');
  return filesBelow(root)
    .filter((path) => !relative(root, path).split('/').includes('spec'))
    .map((path) => ({ name: relative(root, path), path, present: readFileSync(path, 'utf8') }));
}

/** What a golden file should say. */
export async function goldenText(emitter: string, { name }: GoldenFile): Promise<string> {
  const [folder = '', ...path] = name.split('/');
  const units = await unitsOf(emitter, folder);
  const wanted = new Set([path.join('/'), `${FLEET}/${path.join('/')}`]);
  const file = units.flatMap(({ files }) => files).find((made) => wanted.has(made.path.replace(/^prod\//, '')));
  if (file === undefined) throw new Error(`${emitter}/golden/${name}: nothing of this name is made`);
  return file.text;
}

async function unitsOf(emitter: string, folder: string) {
  const root = join(EMITTERS, emitter, 'golden', folder);
  const files = new Map(caseFiles('base').map(({ path, text }) => [path, text]));
  for (const path of filesBelow(join(root, 'spec'))) files.set(relative(root, path), readFileSync(path, 'utf8'));
  const sources = [...files].map(([path, text]) => ({ path, text }));
  const { environments, diagnostics } = await compile(
    { files: sources, today: CASE_DAY, environments: ['prod'] },
    stages,
  );
  const units = environments[0]?.units ?? [];
  if (units.length === 0) throw new Error(`${emitter}/golden/${folder}:\n${printText(diagnostics, sources)}`);
  return units;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
