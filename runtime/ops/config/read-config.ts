import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { systemWords } from '../../core/system-words.ts';
import { placedFields, type FieldSchema, type PlacedField } from './field.ts';
import { configFields, type Config } from './fields.ts';
import { readConfigFile, type Placed } from './config-file.ts';
import { problemOf } from './problem.ts';
import { configSchema } from './schema.ts';
import { secretFault } from './secret-fault.ts';
import { Secret } from './secret.ts';

/** What is wrong, and where: `serve.yaml:3:9`, or `$NOVA_TORCH_HTTP_PORT`. Values of secrets are never repeated. */
export interface ConfigProblem {
  readonly at: string;
  readonly message: string;
}

export type ConfigResult =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly ConfigProblem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

const FIELDS = placedFields(configFields);

/**
 * The configuration of `serve`: a file (YAML or JSON), then environment variables, then defaults. All problems are reported at
 * once. Variables that begin with `NOVA_TORCH_` and mean nothing are warnings: another program of ours may read them. Files with
 * secrets are looked for from `directory`.
 */
export function readConfig(file: string | undefined, env: Environment, directory = '.'): ConfigResult {
  const { value, placeOf, problems } = file === undefined ? nothing() : readConfigFile(file);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const places = new Map<string, string>();
  const merged = structuredClone(value);
  for (const { path, field } of FIELDS) {
    const given = env[field.variable];
    if (given === undefined || given === '') continue;
    put(merged, path, fromText(given, field.schema));
    places.set(path.join('.'), `$${field.variable}`);
  }
  const at = (path: readonly string[]): string => places.get(path.join('.')) ?? placeOf(path);
  const wrong = [...faults(merged).map((error) => problemOf(error, at, FIELDS)), ...conflicts(merged, at)];
  if (wrong.length > 0) return { kind: 'invalid', problems: wrong };
  return filled(merged, at, unknownVariables(env), directory);
}

function nothing(): Placed {
  return { value: {}, placeOf: () => 'defaults', problems: [] };
}

function fromText(text: string, { type }: FieldSchema): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function faults(value: unknown): readonly ErrorObject[] {
  const validate = new Ajv({ allErrors: true, strict: true, keywords: ['x-form'] }).compile(configSchema(configFields));
  return validate(value) ? [] : (validate.errors ?? []);
}

type Tree = Record<string, unknown>;

/** What each setting alone cannot say. */
function conflicts(value: Tree, at: (path: readonly string[]) => string): readonly ConfigProblem[] {
  const id = get(value, ['scheduler', 'id']) ?? configFields.scheduler.id.fallback;
  const count = Number(get(value, ['scheduler', 'count']) ?? configFields.scheduler.count.fallback);
  const found: ConfigProblem[] = [];
  const number = /-(\d+)$/.exec(String(id))?.[1];
  if (count > 1 && (number === undefined || Number(number) >= count)) {
    const path = ['scheduler', 'id'];
    const names = `its name must end in its number, -0 to -${count - 1}`;
    found.push({ at: at(path), message: `\`scheduler.id\` is \`${String(id)}\`, but of ${count} schedulers ${names}` });
  }
  const url = get(value, ['store', 'url']) ?? configFields.store.url.fallback;
  if (count > 1 && url === 'memory:') {
    const reason = `${count} schedulers need a store that all of them reach`;
    found.push({ at: at(['store', 'url']), message: `\`store.url\` is \`memory:\`, but ${reason}` });
  }
  return [
    ...found,
    ...notUrls(value, at),
    ...authConflicts(value, at),
    ...sizeConflicts(value, at),
    ...mirrorConflicts(value, at, count),
  ];
}

/**
 * Of the audit log the file that is written, one that is being compressed and what it is compressed to need room, and one more is
 * to be kept. Of the journal nothing comes back from the file that is written: one as large as all would be full for ever.
 */
const FILES_LEAST = 4;

function roomConflicts(
  value: Tree,
  at: (path: readonly string[]) => string,
  all: { readonly path: readonly string[]; readonly fallback: number },
  one: { readonly path: readonly string[]; readonly fallback: number },
): readonly ConfigProblem[] {
  const bytesMax = Number(get(value, all.path) ?? all.fallback);
  const oneBytes = Number(get(value, one.path) ?? one.fallback);
  const least = FILES_LEAST * oneBytes;
  // What is no number at all is said already.
  if (!(bytesMax < least)) return [];
  const { path } = get(value, all.path) === undefined ? one : all;
  const reason = `four files of \`${one.path.join('.')}\` (${oneBytes}) are ${least}`;
  const message = `\`${all.path.join('.')}\` is ${bytesMax}, but ${reason}: make it larger, or the files smaller`;
  return [{ at: at(path), message }];
}

function sizeConflicts(value: Tree, at: (path: readonly string[]) => string): readonly ConfigProblem[] {
  const { audit, journal } = configFields;
  const sized = (group: string, name: string, { fallback = 0 }: { readonly fallback?: number }) => ({
    path: [group, name],
    fallback,
  });
  return [
    ...roomConflicts(
      value,
      at,
      sized('journal', 'bytesMax', journal.bytesMax),
      sized('journal', 'segmentBytes', journal.segmentBytes),
    ),
    ...roomConflicts(
      value,
      at,
      sized('audit', 'bytesMax', audit.bytesMax),
      sized('audit', 'fileBytesMax', audit.fileBytesMax),
    ),
  ];
}

/** A pattern takes some for URLs that are none, as one with a port beyond all: who uses it would call that a mistake of ours. */
function notUrls(value: Tree, at: (path: readonly string[]) => string): readonly ConfigProblem[] {
  return FIELDS.flatMap(({ path, field: { schema } }) => {
    const given = get(value, path);
    const pattern = 'pattern' in schema ? schema.pattern : '';
    if (typeof given !== 'string' || !pattern.includes('://') || !new RegExp(pattern).test(given)) return [];
    // The place of a peer is one once it has a name.
    if (URL.canParse(given.replaceAll('{name}', 'name'))) return [];
    return [{ at: at(path), message: `\`${path.join('.')}\` is no URL: see its host and its port` }];
  });
}

/** Settings of `auth` that mean nothing without another: who sets one believes that a way in is open. */
const NEEDS = [
  ['peopleIssuer', 'peopleKeys'],
  ['peopleKeys', 'peopleIssuer'],
  ['serviceAccountKeys', 'serviceAccountIssuer'],
] as const;

function authConflicts(value: Tree, at: (path: readonly string[]) => string): readonly ConfigProblem[] {
  return NEEDS.filter(
    ([said, needed]) => get(value, ['auth', said]) !== undefined && get(value, ['auth', needed]) === undefined,
  ).map(([said, needed]) => ({
    at: at(['auth', said]),
    message: `\`auth.${said}\` needs \`auth.${needed}\` beside it`,
  }));
}

function mirrorConflicts(
  value: Tree,
  at: (path: readonly string[]) => string,
  count: number,
): readonly ConfigProblem[] {
  if (get(value, ['journal', 'mirror']) !== 'peer') return [];
  const say = (message: string): ConfigProblem => ({
    at: at(['journal', 'mirror']),
    message: `\`journal.mirror\` is \`peer\`, ${message}`,
  });
  const provesWho = [
    ['mirror', 'workload'],
    ['auth', 'devTokenFile'],
  ].some((path) => get(value, path) !== undefined);
  return [
    ...(count > 1 ? [] : [say('but there is one scheduler alone')]),
    ...(get(value, ['mirror', 'peer']) === undefined
      ? [say('and nothing says where the peer is: set `mirror.peer`')]
      : []),
    ...(provesWho ? [] : [say('and nothing says who may send one: set `mirror.workload`')]),
  ];
}

function filled(
  value: Tree,
  at: (path: readonly string[]) => string,
  warnings: readonly ConfigProblem[],
  directory: string,
): ConfigResult {
  const config: Tree = {};
  const problems: ConfigProblem[] = [];
  for (const one of FIELDS) {
    const given = get(value, one.path);
    const read =
      one.field.secret === true && given !== undefined ? readSecret(one, resolve(directory, String(given)), at) : given;
    if (isProblem(read)) problems.push(read);
    else put(config, one.key, read ?? one.field.fallback);
  }
  // Every field was put, with a value that its schema accepts.
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'ok', config: config as unknown as Config, warnings };
}

const SECRET_BYTES_MAX = 65_536;

function readSecret(
  { path }: PlacedField,
  file: string,
  at: (path: readonly string[]) => string,
): Secret | ConfigProblem {
  const say = (message: string): ConfigProblem => ({ at: at(path), message: `\`${path.join('.')}\`: ${message}` });
  try {
    if (statSync(file).size > SECRET_BYTES_MAX) return say(`\`${file}\` is too large to be a secret`);
    const text = readFileSync(file, 'utf8').trim();
    const wrong = text === '' ? 'is empty' : secretFault(path.join('.'), text);
    return wrong === undefined ? new Secret(text) : say(`\`${file}\` ${wrong}`);
  } catch (error) {
    return say(`\`${file}\` cannot be read: ${systemWords(error)}`);
  }
}

function isProblem(value: unknown): value is ConfigProblem {
  return typeof value === 'object' && value !== null && 'message' in value;
}

function unknownVariables(env: Environment): readonly ConfigProblem[] {
  const known = new Set(FIELDS.map(({ field }) => field.variable));
  return Object.keys(env)
    .filter((name) => name.startsWith('NOVA_TORCH_') && !known.has(name))
    .sort()
    .map((name) => ({ at: `$${name}`, message: `nothing reads this variable${fileHint(name, known)}` }));
}

function fileHint(name: string, known: ReadonlySet<string>): string {
  return known.has(`${name}_FILE`) ? `: put the secret into a file and name it in ${name}_FILE` : '';
}

function get(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined), tree);
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) tree[name] = value;
  else {
    const inner = tree[name];
    // A file may say nonsense here; the schema says so afterwards.
    if (inner !== undefined && !isTree(inner)) return;
    const group = inner ?? {};
    tree[name] = group;
    put(group, rest, value);
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
