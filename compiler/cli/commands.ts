import type { CommandEntry } from './command.ts';

/**
 * Every command, in the order a person meets them: begin, work, understand, keep tidy, and the rest. Only names and
 * summaries are here, so that `--version` and the list of commands load nothing.
 */
export const commands: readonly CommandEntry[] = Object.freeze([
  {
    name: 'init',
    summary: 'make a new repository that compiles',
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'check',
    summary: 'check the whole spec and write nothing',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'compile',
    summary: 'compile the spec into generated/',
    load: async () => (await import('./commands/compile.ts')).compile,
  },
  {
    name: 'diff',
    summary: 'say what the spec would change, and for whom',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'verify',
    summary: 'check manifests as the cluster would',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'fix',
    summary: 'apply the corrections that are certain',
    load: async () => (await import('./commands/fix.ts')).fix,
  },
  {
    name: 'route',
    summary: 'try the routes with a task, or list them',
    commands: [
      {
        name: 'test',
        summary: 'show where a task goes, and why',
        load: async () => (await import('./commands/route-test.ts')).routeTest,
      },
      {
        name: 'list',
        summary: 'list the routes in the order in which they are tried',
        load: async () => (await import('./commands/route-list.ts')).routeList,
      },
    ],
  },
  {
    name: 'graph',
    summary: 'draw what leads where',
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  {
    name: 'explain',
    summary: 'say what a field, a problem or a line means',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'serve',
    summary: 'run a scheduler',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'load',
    summary: 'put a scheduler under load, and measure it as its callers see it',
    load: async () => (await import('./commands/load.ts')).load,
  },
  {
    name: 'chaos',
    summary: 'break a system and see what it keeps',
    commands: [
      {
        name: 'run',
        summary: 'break a whole system on this machine, and count what it loses',
        load: async () => (await import('./commands/chaos-run.ts')).chaosRun,
      },
    ],
  },
  {
    name: 'audit',
    summary: 'prove that nobody has changed the audit log',
    commands: [
      {
        name: 'verify',
        summary: 'look at every line, and name what was changed',
        load: async () => (await import('./commands/audit-verify.ts')).auditVerify,
      },
    ],
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema editors complete from',
    load: async () => (await import('./commands/schema.ts')).schema,
  },
  {
    name: 'fmt',
    summary: 'format the spec, comments kept',
    load: async () => (await import('./commands/fmt.ts')).fmt,
  },
  {
    name: 'doctor',
    summary: 'look for what is missing here',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
]);

/** The entry a line of words means, with the words that name it; the deepest one there is. */
export function findCommand(words: readonly string[]): { readonly entry?: CommandEntry; readonly path: string[] } {
  let entry: CommandEntry | undefined;
  let within: readonly CommandEntry[] | undefined = commands;
  const path: string[] = [];
  for (const word of words) {
    const next: CommandEntry | undefined = within?.find(({ name }) => name === word);
    if (next === undefined) break;
    entry = next;
    within = next.commands;
    path.push(word);
  }
  return entry === undefined ? { path } : { entry, path };
}
