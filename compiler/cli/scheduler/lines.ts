import type { AgentView, FleetView, TaskEvent, TaskView } from '../../../spec/contract/protocol.ts';
import type { Voice } from '../context.ts';
import { printable } from '../usage.ts';

/** Rows under a head, each column as wide as it must be. What comes from others is made safe to print. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { line, style }: Voice,
): void {
  const safe = rows.map((cells) => cells.map(printable));
  const widths = head.map((name, column) => Math.max(name.length, ...safe.map((cells) => cells[column]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  line(style.dim(row(head)));
  for (const cells of safe) line(row(cells));
}

export function printTasks(tasks: readonly TaskView[], out: Voice): void {
  const head = ['id', 'task', 'state', 'since', 'attempts', 'priority', 'agent or reason'];
  const rows = tasks.map((view) => {
    const { id, task, state, since, attempts, priority } = view;
    return [id, task, state, since, String(attempts), priority, agentOrReason(view)];
  });
  printTable(head, rows, out);
}

/** What did not end well still names the agent that had it last; the question then is why. */
function agentOrReason({ state, agent, reason }: TaskView): string {
  return (UNDONE.has(state) ? (reason ?? agent) : (agent ?? reason)) ?? '';
}

const UNDONE: ReadonlySet<TaskView['state']> = new Set(['dead', 'failed', 'cancelled', 'expired']);

/** Everything that is known of a task. */
export function printTask(task: TaskView, { line, style }: Voice): void {
  for (const [name, value] of Object.entries(task) as [string, unknown][]) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    line(`${style.dim(name.padEnd(12))}${printable(shown)}`);
  }
}

export function printEvent({ at, state, agent, reason, attempts }: TaskEvent, { line }: Voice): void {
  const more = [agent, reason, attempts > 0 ? `${attempts} failed` : undefined].filter((one) => one !== undefined);
  line(printable(`${at}  ${state.padEnd(10)}  ${more.join(', ')}`.trimEnd()));
}

export function printFleets(fleets: readonly FleetView[], out: Voice): void {
  if (fleets.length === 0) return out.line('no fleets');
  const head = ['fleet', 'waiting', 'running', 'dead', 'agents', 'busy', 'free', 'builds'];
  const rows = fleets.map(({ fleet, paused, waiting, running, dead, agents, slots, builds }) => [
    paused ? `${fleet} (paused)` : fleet,
    ...[waiting, running, dead, agents, slots.busy, slots.free].map(String),
    builds.map(buildText).join(', '),
  ]);
  printTable(head, rows, out);
}

function buildText({ build, weight, draining, breaker, breakerAt }: FleetView['builds'][number]): string {
  const where = breakerAt === undefined ? '' : ` at ${breakerAt.join(', ')}`;
  const notes = [draining ? 'draining' : undefined, breaker === 'closed' ? undefined : `breaker ${breaker}${where}`];
  const said = notes.filter((note) => note !== undefined);
  return `${build} ${Math.round(weight * 10_000) / 100}%${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
}

/** What is open, since when and until when, and whether other schedulers start the build's tasks meanwhile. */
export function openBreakers({ builds }: FleetView): readonly string[] {
  return builds.flatMap(({ build, breaker, breakerSince, breakerUntil, breakerAt }) => {
    if (breaker !== 'open') return [];
    const where = breakerAt === undefined ? '' : ` at ${breakerAt.join(', ')}; other schedulers may start its tasks`;
    const times =
      breakerSince === undefined ? '' : ` since ${breakerSince}, until ${breakerUntil ?? 'it is tried again'}`;
    return [`the circuit breaker of ${build} is open${times}${where}`];
  });
}

export function printAgents(agents: readonly AgentView[], out: Voice): void {
  if (agents.length === 0) return out.line('no agents');
  const head = ['agent', 'fleet', 'build', 'free', 'slots', 'seen', ''];
  const rows = agents.map(({ agent, fleet, build, free, slots, seenAt, draining }) => [
    ...[agent, fleet, build, String(free), String(slots), seenAt],
    draining ? 'draining' : '',
  ]);
  printTable(head, rows, out);
}
