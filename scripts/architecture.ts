/**
 * The arrows of the house, as data, and the reader that finds what breaks them. A new door between rooms is one edit of
 * this file, with the reason beside it.
 *
 * Glossary
 * - room: a folder (or a file) with one job; a file belongs to the room with the longest matching path
 * - door: a room that another one may import at run time
 * - pure: no file, clock, randomness, process or locale; the same arguments give the same result on any machine
 */

export interface CodeFile {
  /** Path from the repository's root. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  /** `import()`: loaded when it is needed. */
  readonly lazy: boolean;
}

interface Room {
  readonly path: string;
  /** Rooms it may import at run time, besides itself. */
  readonly doors: readonly string[];
  readonly packages: readonly string[];
  /** Rooms and packages it may take types from, besides its doors. */
  readonly types?: readonly string[];
  readonly pure?: true;
}

const CONTRACT = 'spec/contract';
const TASK_SCHEMA = 'spec/contract/task-schema';
const CORE = 'compiler/core';
const DIAGNOSTICS = 'compiler/diagnostics';
const HASH = ['node:crypto'];
const CDK = ['cdk8s', 'cdk8s-plus-27', 'cdk8s-plus-27/lib/imports/k8s.js', 'constructs'];
/** Dashboards, panels and queries as Grafana takes them. */
const GRAFANA = [
  ...['cog', 'common', 'dashboard', 'dashboardv2', 'elasticsearch', 'prometheus'],
  ...['heatmap', 'logs', 'stat', 'statetimeline', 'table', 'text', 'timeseries'],
].map((part) => `@grafana/grafana-foundation-sdk/${part}`);
const FILES = ['node:buffer', 'node:fs', 'node:fs/promises', 'node:path', 'node:os', 'node:url', 'node:crypto'];
const MODEL = [CONTRACT, DIAGNOSTICS, CORE];
const STAGES = [
  'compiler/load',
  'compiler/resolve',
  'compiler/check',
  'compiler/emitters',
  'compiler/closure',
  'compiler/patch',
  'compiler/verify',
];
/** What a stage hands to the next one is typed where the stages meet. */
const PIPELINE = ['compiler/compile.ts', 'compiler/load/document.ts'];

/** From the language outwards. */
export const rooms: readonly Room[] = [
  { path: CONTRACT, doors: [], packages: [], pure: true },
  // What a task's schema may say, and whether a value fits it: judged by one code when it is reviewed and when it comes.
  {
    path: TASK_SCHEMA,
    doors: [CONTRACT],
    packages: ['re2js'],
    pure: true,
  },
  // A report turns the place of a node into a span, and SARIF names the version: all that diagnostics run of core.
  {
    path: DIAGNOSTICS,
    doors: [CONTRACT, 'compiler/core/origin.ts', 'compiler/core/version.ts'],
    types: [CORE],
    packages: [],
    pure: true,
  },
  { path: CORE, doors: [CONTRACT], types: [DIAGNOSTICS], packages: HASH, pure: true },
  { path: 'compiler/load', doors: [...MODEL, TASK_SCHEMA], packages: ['yaml', 'js-yaml'], pure: true },
  { path: 'compiler/load/read', doors: [...MODEL, 'compiler/load'], packages: FILES },
  // What a value and a schema of a task type may be is judged by the code that reads documents.
  {
    path: 'compiler/resolve',
    doors: [...MODEL, 'compiler/load/schema.ts', 'compiler/load/json-schema.ts'],
    types: PIPELINE,
    packages: [...HASH],
    pure: true,
  },
  {
    path: 'compiler/check',
    doors: [...MODEL, TASK_SCHEMA],
    types: PIPELINE,
    packages: HASH,
    pure: true,
  },
  // The pod of a fleet notes the digest of its prompt.
  { path: 'compiler/cdk8s', doors: MODEL, packages: [...CDK, ...HASH, 'node:module'], pure: true },
  {
    path: 'compiler/emitters',
    doors: [...MODEL, 'compiler/cdk8s'],
    packages: [...CDK, ...HASH, ...GRAFANA],
    pure: true,
  },
  { path: 'compiler/patch', doors: MODEL, types: PIPELINE, packages: HASH, pure: true },
  { path: 'compiler/closure', doors: MODEL, types: PIPELINE, packages: HASH, pure: true },
  // Reports as the proof does, so that a compile proves both in one go.
  {
    path: 'compiler/verify',
    doors: [...MODEL, 'compiler/closure'],
    types: PIPELINE,
    packages: ['re2js'],
    pure: true,
  },
  // The only other reader: manifests are read with the care, and the code, with which the spec is.
  {
    path: 'compiler/verify/tree',
    doors: [...MODEL, TASK_SCHEMA, 'compiler/closure', 'compiler/load', 'compiler/verify'],
    packages: FILES,
  },
  {
    path: 'compiler/output',
    doors: MODEL,
    types: PIPELINE,
    packages: [...FILES, 'yaml', 'js-yaml'],
  },
  // Remembers what a compile did. It stands around the pipeline: it reads, compiles and writes.
  {
    path: 'compiler/incremental',
    doors: [...MODEL, 'compiler/load', 'compiler/output', 'compiler/compile', 'compiler/stages'],
    packages: [...FILES, 'node:worker_threads', 'node:v8'],
  },
  { path: 'compiler/compile', doors: [...MODEL, ...STAGES, 'compiler/output', 'compiler/cdk8s'], packages: HASH },
  // Puts the stages of a real compile together.
  { path: 'compiler/stages', doors: [...MODEL, ...STAGES, 'compiler/compile'], packages: [] },
  {
    path: 'compiler/cli',
    doors: [
      ...MODEL,
      // Where a reference of a task's schema leads, for `nova-torch types`.
      TASK_SCHEMA,
      ...STAGES,
      'compiler/output',
      'compiler/compile',
      'compiler/stages',
      'compiler/incremental',
      'runtime/client',
      'runtime/conform',
      // Commands of the runtime's half; loaded when one of them is chosen.
      'runtime/commands',
    ],
    packages: [...FILES, 'commander', 'yaml', 'node:child_process', 'node:process', 'node:util', 'node:tty', 'node:v8'],
  },
  // The scheduler, from the middle outwards. Time, randomness and limits are arguments of its core.
  { path: 'runtime/core', doors: [CONTRACT], packages: HASH, pure: true },
  { path: 'runtime/store', doors: [CONTRACT, 'runtime/core'], packages: ['ioredis', ...FILES] },
  // What only one process may write: the journal and the audit log, which know nothing of each other.
  { path: 'runtime/folder-lock', doors: [], packages: [...FILES, 'node:process'] },
  {
    path: 'runtime/journal',
    doors: [CONTRACT, 'runtime/core', 'runtime/folder-lock'],
    packages: [...FILES, 'node:zlib'],
  },
  {
    path: 'runtime/ops',
    doors: [CONTRACT, 'runtime/core', 'runtime/folder-lock'],
    packages: [
      ...FILES,
      'prom-client',
      'pino',
      'yaml',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-grpc',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-base',
      'ajv',
      // Closed files of the audit log are compressed.
      'node:stream/promises',
      'node:timers/promises',
      'node:util',
      'node:zlib',
    ],
  },
  {
    path: 'runtime/loops',
    doors: [CONTRACT, TASK_SCHEMA, 'runtime/core', 'runtime/store', 'runtime/journal', 'runtime/ops'],
    // The form of a routing table is looked at when it comes.
    packages: [...FILES, 'ajv/dist/2020.js', 'croner', 'node:timers/promises'],
  },
  // A second disk for the journal: bytes and segments, and nothing of what they mean. Who calls is an argument.
  {
    path: 'runtime/mirror',
    doors: ['runtime/journal', 'runtime/loops/clock.ts'],
    packages: [...FILES, 'node:http', 'node:https', 'node:net', 'node:stream', 'node:stream/promises'],
  },
  {
    path: 'runtime/api',
    doors: [CONTRACT, 'runtime/core', 'runtime/ops', 'runtime/store/store-failure.ts'],
    packages: [
      ...FILES,
      'fastify',
      'ajv/dist/2020.js',
      'jose',
      'node:http',
      'node:https',
      'node:tls',
      'node:stream',
      'node:net',
    ],
  },
  // A scheduler that agents are judged by; it knows nothing of ours.
  { path: 'runtime/conform', doors: [CONTRACT], packages: ['node:events', 'node:http', 'node:net'] },
  // What an agent's author imports: few packages, and a server for the probes of its pod.
  {
    path: 'runtime/client',
    doors: [CONTRACT],
    packages: [
      ...['node:crypto', 'node:events', 'node:fs', 'node:http', 'node:os', 'node:process', 'node:timers/promises'],
      'prom-client',
    ],
  },
  {
    path: 'runtime/simulation',
    // Mirrors are real on both sides of a simulated wire.
    doors: [CONTRACT, 'runtime/core', 'runtime/store', 'runtime/journal', 'runtime/mirror', 'runtime/loops'],
    // Compares what a real store answers with what the model does.
    packages: [...HASH, 'node:util'],
  },
  // Measures a scheduler from outside, as its callers do: it knows the protocol and nothing else.
  {
    path: 'runtime/load',
    doors: [CONTRACT],
    packages: ['node:http', 'node:https', 'node:timers/promises'],
  },
  // Breaks a whole system of processes and judges what it said. It never runs in the process of what it breaks, and of the
  // scheduler's own code it takes nothing but random numbers.
  {
    path: 'runtime/chaos',
    doors: [CONTRACT, 'runtime/load', 'runtime/simulation/random.ts'],
    packages: [
      ...FILES,
      'ioredis',
      'node:child_process',
      'node:events',
      // For agents that are called.
      'node:http',
      'node:module',
      'node:net',
      'node:process',
      'node:timers/promises',
    ],
  },
  {
    path: 'runtime/commands',
    doors: [
      CONTRACT,
      'runtime/chaos',
      'runtime/client',
      'runtime/conform',
      // Why the system refused, in the words of the scheduler.
      'runtime/core/system-words.ts',
      'runtime/load',
      'runtime/loops/clock.ts',
      'runtime/main',
      'runtime/ops',
      'runtime/simulation',
    ],
    packages: [...FILES, 'commander', 'node:process', 'node:child_process'],
  },
  {
    path: 'runtime/main',
    doors: [
      CONTRACT,
      'runtime/core',
      'runtime/store',
      'runtime/journal',
      'runtime/folder-lock',
      'runtime/mirror',
      'runtime/ops',
      'runtime/loops',
      'runtime/api',
    ],
    packages: [...FILES, 'node:process'],
  },
];

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s)?'([^']+)'/gm;
const LAZY = /\bimport\(\s*'([^']+)'\s*\)/g;

/** What a file imports; relative targets as paths from the root. */
export function importsOf(file: CodeFile): readonly Import[] {
  const text = withoutComments(file.text);
  const found: Import[] = [];
  for (const [, type, target = ''] of text.matchAll(IMPORT)) {
    found.push({ target: resolvePath(file.path, target), typeOnly: type !== undefined, lazy: false });
  }
  for (const [, target = ''] of text.matchAll(LAZY)) {
    found.push({ target: resolvePath(file.path, target), typeOnly: false, lazy: true });
  }
  return found;
}

/** The room of a path: the one with the longest matching name. */
export function roomOf(path: string): Room | undefined {
  return rooms.filter((room) => inside(path, room.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

/** `compiler/load/read` holds `compiler/load/read.ts`, `compiler/load/read-files.ts` and `compiler/load/read/x.ts`. */
export function inside(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`) || path === `${room}.ts` || path.startsWith(`${room}-`);
}

/** Block comments, and line comments that begin a line or follow a space. Strings that hold ` //` are not expected. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function resolvePath(from: string, target: string): string {
  if (!target.startsWith('.')) return target;
  const parts = from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
