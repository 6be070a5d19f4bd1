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
    name: 'import',
    summary: 'begin with what another system has',
    commands: [
      {
        name: 'legacy',
        summary: 'turn the settings of the Python Nova-Torch into a spec',
        load: async () => (await import('./commands/import-legacy.ts')).importLegacy,
      },
    ],
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
    name: 'task',
    summary: 'submit tasks and follow them',
    commands: [
      {
        name: 'submit',
        summary: 'submit a task',
        load: async () => (await import('./commands/task-submit.ts')).taskSubmit,
      },
      {
        name: 'get',
        summary: 'show a task',
        load: async () => (await import('./commands/task-get.ts')).taskGet,
      },
      {
        name: 'list',
        summary: 'list the tasks of a fleet',
        load: async () => (await import('./commands/task-list.ts')).taskList,
      },
      {
        name: 'watch',
        summary: 'show what happens to a task until it ends',
        load: async () => (await import('./commands/task-watch.ts')).taskWatch,
      },
      {
        name: 'why',
        summary: 'say why a task is where it is',
        load: async () => (await import('./commands/task-why.ts')).taskWhy,
      },
      {
        name: 'cancel',
        summary: 'end a task',
        load: async () => (await import('./commands/task-cancel.ts')).taskCancel,
      },
      {
        name: 'retry',
        summary: 'give a dead letter another chance',
        load: async () => (await import('./commands/task-retry.ts')).taskRetry,
      },
    ],
  },
  {
    name: 'fleet',
    summary: 'look at fleets and steer them',
    commands: [
      {
        name: 'list',
        summary: 'list all fleets',
        load: async () => (await import('./commands/fleet-list.ts')).fleetList,
      },
      {
        name: 'get',
        summary: 'show one fleet',
        load: async () => (await import('./commands/fleet-get.ts')).fleetGet,
      },
      {
        name: 'pause',
        summary: 'start no more tasks of a fleet',
        load: async () => (await import('./commands/fleet-pause.ts')).fleetPause,
      },
      {
        name: 'resume',
        summary: 'end a pause or a drain',
        load: async () => (await import('./commands/fleet-resume.ts')).fleetResume,
      },
      {
        name: 'drain',
        summary: 'send nothing new to a fleet or a build',
        load: async () => (await import('./commands/fleet-drain.ts')).fleetDrain,
      },
    ],
  },
  {
    name: 'agent',
    summary: 'look at agents and let them go',
    commands: [
      {
        name: 'list',
        summary: 'list the agents that are there',
        load: async () => (await import('./commands/agent-list.ts')).agentList,
      },
      {
        name: 'drain',
        summary: 'let an agent finish and go',
        load: async () => (await import('./commands/agent-drain.ts')).agentDrain,
      },
    ],
  },
  {
    name: 'dlq',
    summary: 'look at dead letters and give them another chance',
    commands: [
      {
        name: 'list',
        summary: 'list the dead letters of a fleet',
        load: async () => (await import('./commands/dlq-list.ts')).dlqList,
      },
      {
        name: 'redrive',
        summary: 'make dead letters ready again',
        load: async () => (await import('./commands/dlq-redrive.ts')).dlqRedrive,
      },
    ],
  },
  {
    name: 'conform',
    summary: 'judge an agent in any language',
    load: async () => (await import('./commands/conform.ts')).conform,
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
    name: 'types',
    summary: 'write the types of all tasks, for TypeScript',
    load: async () => (await import('./commands/types.ts')).types,
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
