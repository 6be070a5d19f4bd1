import { importsOf, inside, roomOf, withoutComments } from './architecture.ts';
import type { CodeFile, Import } from './architecture.ts';

/** One rule: the sentences it has to say about a file. */
type Rule = (file: CodeFile) => readonly string[];

const LINES_MAX = 500;

/** What makes code depend on more than its arguments. */
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)/, 'the clock'],
  [/\bperformance\.now\b/, 'the clock'],
  [/\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, 'randomness'],
  [/\bprocess\./, 'the process'],
  [/\bset(?:Timeout|Interval|Immediate)\(/, 'a timer'],
  [/\bfetch\(/, 'the network'],
  [/\bconsole\./, 'the terminal'],
];

const arrows: Rule = (file) => {
  const room = roomOf(file.path);
  if (room === undefined) return [`${file.path} belongs to no room: name it in scripts/architecture.ts`];
  return importsOf(file)
    .filter((one) => !allowed(room, one))
    .map(({ target }) => `${file.path} must not import ${target}`);
};

function allowed(room: NonNullable<ReturnType<typeof roomOf>>, { target, typeOnly }: Import): boolean {
  if (!target.includes('/') || target.startsWith('node:') || roomOf(target) === undefined) {
    return room.packages.includes(target) || isKubernetesModel(room.path, target);
  }
  if (roomOf(target)?.path === room.path) return true;
  const doors = typeOnly
    ? [...room.doors, ...(room.types ?? []), 'compiler/compile.ts', 'compiler/load/document.ts']
    : room.doors;
  // The contract is a leaf, for types as well.
  return room.path !== 'spec/contract' && doors.some((door) => inside(target, door));
}

/** For emitters, and for what several of them add. */
function isKubernetesModel(room: string, target: string): boolean {
  const isTheirs = inside(room, 'compiler/emitters') || inside(room, 'compiler/cdk8s');
  return target.startsWith('@kubernetes-models/') && isTheirs;
}

const programs: Rule = (file) =>
  importsOf(file)
    .filter(
      ({ target }) =>
        inside(file.path, 'compiler') &&
        inside(target, 'runtime') &&
        !inside(target, 'runtime/client') &&
        !(inside(file.path, 'compiler/cli') && inside(target, 'runtime/commands')),
    )
    .concat(importsOf(file).filter(({ target }) => inside(file.path, 'runtime') && inside(target, 'compiler')))
    .map(({ target }) => `${file.path} must not import ${target}: the programs meet in routing-table.json`);

const emitterNeighbours: Rule = (file) => {
  const own = emitterOf(file.path);
  if (own === undefined) return [];
  return importsOf(file)
    .filter(({ target }) => (emitterOf(target) ?? own) !== own)
    .map(({ target }) => `${file.path} must not import ${target}: emitters do not know each other`);
};

function emitterOf(path: string): string | undefined {
  return /^compiler\/emitters\/([^/]+)\//.exec(path)?.[1];
}

const purity: Rule = (file) => {
  if (roomOf(file.path)?.pure !== true) return [];
  const code = withoutComments(file.text);
  return IMPURE.filter(([pattern]) => pattern.test(code)).map(
    ([pattern, what]) =>
      `${file.path} must not use ${what} (${pattern.exec(code)?.[0]}): ${roomOf(file.path)?.path} is pure`,
  );
};

const locale: Rule = (file) =>
  /\blocaleCompare\b|\btoLocale[A-Z]/.test(withoutComments(file.text))
    ? [`${file.path} must not depend on the locale: the same spec gives the same bytes everywhere`]
    : [];

const testCode: Rule = (file) =>
  importsOf(file)
    .filter(({ target }) => target.includes('/testing/') || target.endsWith('.test.ts'))
    .map(({ target }) => `${file.path} must not import ${target}: it is for tests only`);

const names: Rule = ({ path }) => {
  const parts = path.replace(/(\.[a-z]+)*\.ts$/, '').split('/');
  const said: string[] = [];
  if (parts.some((part) => /(^|-)(utils?|helpers?|managers?|misc|common)$/.test(part))) {
    said.push(`${path} has a name that says nothing: call it after what it does`);
  }
  if (parts.some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))) said.push(`${path} is not in kebab-case`);
  return said;
};

const exportsByName: Rule = ({ path, text }) =>
  /^export default\b/m.test(withoutComments(text)) ? [`${path} must not export a default: a thing has one name`] : [];

/** What the package exports under one name: for others there is no file to import from. */
const PUBLISHED = new Set(['runtime/client/index.ts']);

const barrels: Rule = ({ path, text }) => {
  if (PUBLISHED.has(path)) return [];
  const code = withoutComments(text).trim();
  const only = code.replace(/^export (?:type )?(?:\*|\{[^}]*\})(?: as \w+)? from '[^']+';?$/gm, '').trim() === '';
  return code !== '' && only ? [`${path} only passes on what others export: import it where it is`] : [];
};

const size: Rule = ({ path, text }) => {
  const lines = text.split('\n').length;
  return lines > LINES_MAX ? [`${path} has ${lines} lines; split it (at most ${LINES_MAX})`] : [];
};

const lazyCdk8s: Rule = (file) =>
  inside(file.path, 'compiler/emitters') || inside(file.path, 'compiler/cdk8s')
    ? []
    : importsOf(file)
        .filter(({ target, typeOnly, lazy }) => inside(target, 'compiler/cdk8s') && !typeOnly && !lazy)
        .map(
          ({ target }) => `${file.path} must load ${target} lazily: importing cdk8s takes longer than a whole check`,
        );

/** Rules for the code of the two programs. */
const forCode: readonly Rule[] = [
  arrows,
  programs,
  emitterNeighbours,
  purity,
  testCode,
  exportsByName,
  barrels,
  lazyCdk8s,
  locale,
];
/** Rules for tests and scripts as well. */
const forAll: readonly Rule[] = [names, size];

/** Everything that is wrong with the house, in the order of the files. */
export function violations(files: readonly CodeFile[]): readonly string[] {
  return files.flatMap((file) => {
    if (file.path.includes('/generated/')) return [];
    const rules = isProgram(file.path) ? [...forCode, ...forAll] : forAll;
    return rules.flatMap((rule) => rule(file));
  });
}

function isProgram(path: string): boolean {
  const program = inside(path, 'spec/contract') || inside(path, 'compiler') || inside(path, 'runtime');
  return program && !path.endsWith('.test.ts') && !path.includes('/testing/');
}
