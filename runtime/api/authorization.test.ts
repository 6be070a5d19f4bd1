import { afterEach, expect, test } from 'vitest';
import { isOf, taskId } from '../core/task-id.ts';
import { accept, fleet, table } from '../loops/testing/bench.ts';
import { ROLES, type Role } from './identity.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { served, tokenOf, type Served } from './testing/served.ts';

/** What an operation is about, and how far each role reaches with it. Written by hand, and not read from the code. */
interface Rule {
  readonly about: 'new task' | 'task' | 'tasks' | 'run' | 'agent' | 'new agent' | 'fleet' | 'everything';
  readonly may: Readonly<Partial<Record<Role, 'own' | 'all'>>>;
}

const RULES: Readonly<Record<string, Rule>> = {
  submitTask: { about: 'new task', may: { submitter: 'own' } },
  listTasks: { about: 'tasks', may: { submitter: 'own', operator: 'all', auditor: 'all' } },
  getTask: { about: 'task', may: { submitter: 'own', operator: 'all', auditor: 'all' } },
  watchTask: { about: 'task', may: { submitter: 'own', operator: 'all', auditor: 'all' } },
  explainTask: { about: 'task', may: { submitter: 'own', operator: 'all', auditor: 'all' } },
  cancelTask: { about: 'task', may: { submitter: 'own', operator: 'all' } },
  retryTask: { about: 'task', may: { submitter: 'own', operator: 'all' } },
  completeTask: { about: 'run', may: { agent: 'own' } },
  failTask: { about: 'run', may: { agent: 'own' } },
  releaseTask: { about: 'run', may: { agent: 'own' } },
  registerAgent: { about: 'new agent', may: { agent: 'own' } },
  pollTasks: { about: 'agent', may: { agent: 'own' } },
  beat: { about: 'agent', may: { agent: 'own' } },
  drainAgent: { about: 'agent', may: { agent: 'own', operator: 'all' } },
  listAgents: { about: 'everything', may: { operator: 'all', auditor: 'all' } },
  listFleets: { about: 'everything', may: { operator: 'all', auditor: 'all' } },
  getFleet: { about: 'fleet', may: { operator: 'all', auditor: 'all' } },
  pauseFleet: { about: 'fleet', may: { operator: 'all' } },
  resumeFleet: { about: 'fleet', may: { operator: 'all' } },
  drainFleet: { about: 'fleet', may: { operator: 'all' } },
  redriveDeadLetters: { about: 'fleet', may: { operator: 'all' } },
  getStatus: { about: 'everything', may: { submitter: 'all', agent: 'all', operator: 'all', auditor: 'all' } },
};

const FLEET = 'research/summarizer';
/** Where callers stand to the task of `research` that an agent of `research/summarizer` runs. */
const STANDINGS = {
  'its owner': { tenant: 'research', fleet: FLEET },
  'of its team, in another fleet': { tenant: 'research', fleet: 'research/backup' },
  'of another team': { tenant: 'sales', fleet: 'sales/closer' },
  'of no team': {},
} as const;
type Standing = keyof typeof STANDINGS;

type Outcome = 'done' | 'nothing of it' | 'not there' | 'forbidden';

function expected({ about, may }: Rule, roles: readonly Role[], standing: Standing, isThere: boolean): Outcome {
  const reach = roles.flatMap((role) => may[role] ?? []);
  if (reach.length === 0) return 'forbidden';
  if (about === 'everything') return 'done';
  if (reach.includes('all')) return isThere ? 'done' : 'not there';
  if (standing === 'of no team') return 'forbidden';
  if (about === 'new task') return 'done';
  const byTeam = about === 'task' || about === 'tasks';
  const isOwn = standing === 'its owner' || (byTeam && standing === 'of its team, in another fleet');
  if (about === 'tasks' && isThere) return isOwn ? 'done' : 'nothing of it';
  return isOwn && isThere ? 'done' : 'not there';
}

/** One role, and each two: who has several may do what any of them may, and reaches as far as the furthest. */
const ROLE_SETS: readonly (readonly Role[])[] = ROLES.flatMap((role, index) => [
  [role],
  ...ROLES.slice(index + 1).map((other) => [role, other]),
]);

const open: Served[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

/** A scheduler of its own: what one question changes is of no matter to the others. */
async function start(): Promise<Served> {
  const calls = { [FLEET]: ['summarize'] };
  const one = (team: string) => fleet({ team, calls, accepts: { summarize: accept({ attempts: 1 }) } });
  const fleets = { [FLEET]: one('research'), 'research/backup': one('research'), 'sales/closer': one('sales') };
  const teams = { research: { weight: 1 }, sales: { weight: 1 } };
  const api = await served({ scheduling: { table: table({ fleets, teams }) } });
  open.push(api);
  return api;
}

const AGENT = tokenOf(['agent'], STANDINGS['its owner']);

interface Thing {
  readonly id: string;
  readonly token: number;
}

const NOBODYS: Thing = { id: taskId('research', 'never-submitted', FLEET), token: 1 };

/** A task that waits, one that runs, or one that is dead, and an agent: what the operation is made for. */
async function thingFor(api: Served, { id: operation }: Operation, { about }: Rule): Promise<Thing> {
  const ask = async <Body>(as: string, path: string, body: unknown): Promise<Body> =>
    (await (await api.request('POST', path, { as, body })).json()) as Body;
  const submitter = tokenOf(['submitter'], { tenant: 'research' });
  const { id } = await ask<Thing>(submitter, '/v1/tasks', { task: 'summarize' });
  await ask(AGENT, '/v1/agents', { name: 'a-1', slots: 1 });
  if (about !== 'run' && operation !== 'retryTask') return { id, token: 1 };
  const poll = { build: 'v1', slots: 10, free: 1, waitMs: 5000 };
  const { tasks } = await ask<{ tasks: Thing[] }>(AGENT, `/v1/agents/${FLEET}/a-1/poll`, poll);
  const token = tasks.find((task) => task.id === id)?.token ?? 0;
  if (operation === 'retryTask') {
    await ask(AGENT, `/v1/tasks/${id}/fail`, { agent: 'a-1', token, error: 'Broken' });
  }
  return { id, token };
}

function requestOf({ id, path, body }: Operation, thing: Thing, isThere: boolean): { path: string; body?: unknown } {
  const bodies: Readonly<Record<string, unknown>> = {
    submitTask: { task: 'summarize' },
    completeTask: { agent: 'a-1', token: thing.token, result: {} },
    failTask: { agent: 'a-1', token: thing.token, error: 'Broken' },
    releaseTask: { agent: 'a-1', token: thing.token },
    registerAgent: { name: 'a-1', slots: 1, fleet: isThere ? FLEET : 'research/none' },
    pollTasks: { build: 'v1', slots: 1, free: 0, waitMs: 0 },
    beat: { tasks: [] },
  };
  const sent = bodies[id] ?? (body === undefined ? undefined : {});
  const [, name] = (isThere ? FLEET : 'research/none').split('/');
  const filled = path
    .replace('{id}', thing.id)
    .replace('{team}', 'research')
    .replace('{fleet}', name ?? '')
    .replace('{agent}', 'a-1');
  const query = id === 'listTasks' ? `?fleet=research/${name}` : '';
  return { path: `${filled}${query}`, ...(sent !== undefined && { body: sent }) };
}

/** What the API made of a question. Whoever is refused has changed nothing. */
async function outcomeOf(
  api: Served,
  operation: Operation,
  thing: Thing,
  as: string,
  isThere: boolean,
): Promise<string> {
  const { path, body } = requestOf(operation, thing, isThere);
  const gone = new AbortController();
  const answer = await api.request(operation.method, path, {
    as,
    signal: gone.signal,
    ...(body !== undefined && { body }),
  });
  if (answer.headers.get('content-type') === 'text/event-stream') {
    gone.abort();
    return 'done';
  }
  const text = await answer.text();
  if (operation.id === 'listTasks' && answer.ok) return text.includes(thing.id) ? 'done' : 'nothing of it';
  if (answer.ok) return 'done';
  if (answer.status === 403) return 'forbidden';
  return answer.status === 404 || (answer.status === 409 && /"the task is /.test(text)) ? 'not there' : text;
}

async function stateOf({ scheduler }: Served, { id }: Thing): Promise<readonly unknown[]> {
  const agents = scheduler.agents().map(({ agent, draining }) => [agent, draining]);
  return [await scheduler.task(id), await scheduler.fleet(FLEET), agents];
}

test('every operation has its rule', () => {
  expect(OPERATIONS.map(({ id }) => id).sort()).toEqual(Object.keys(RULES).sort());
});

test.for<[named: string | undefined, submit: number, mine: number, list: number]>([
  [undefined, 400, 200, 400],
  ['research', 201, 200, 200],
  ['sales', 201, 404, 200],
  ['strangers', 403, 403, 403],
])('who is in two teams reaches both, and names one where one is meant: %s', async ([named, submit, mine, list]) => {
  const api = await start();
  const as = tokenOf(['submitter'], { teams: ['research', 'sales'] });
  const headers = named === undefined ? {} : { 'nova-team': named };
  const { id } = await thingFor(api, OPERATIONS[0] as Operation, { about: 'task', may: {} });
  const made = await api.request('POST', '/v1/tasks', { as, headers, body: { task: 'summarize' } });
  const seen = await api.request('GET', `/v1/tasks/${id}`, { as, headers });
  const listed = await api.request('GET', `/v1/tasks?fleet=${FLEET}`, { as, headers });
  expect([made.status, seen.status, listed.status]).toEqual([submit, mine, list]);
  const { detail = '', id: own = '' } = (await made.json()) as { detail?: string; id?: string };
  if (named === undefined) expect(detail).toBe('you are of research, sales: name one with the header nova-team');
  if (submit === 201) expect([named, isOf(own, named ?? '')]).toEqual([named, true]);
  if (list === 200) expect((await listed.text()).includes(id)).toBe(named === 'research');
});

test.for(OPERATIONS)(
  '$id does for each role and owner what its rule says, and refuses without a trace',
  async (operation) => {
    const rule = RULES[operation.id] as Rule;
    const states = rule.about === 'everything' || rule.about === 'new task' ? [true] : [true, false];
    for (const roles of ROLE_SETS) {
      const api = await start();
      for (const standing of Object.keys(STANDINGS) as Standing[]) {
        for (const isThere of states) {
          const thing = isThere ? await thingFor(api, operation, rule) : NOBODYS;
          const before = await stateOf(api, thing);
          const as = tokenOf(roles, STANDINGS[standing]);
          const asked = `${roles.join(' and ')}, ${standing}, ${isThere ? 'there' : 'not there'}`;
          const outcome = await outcomeOf(api, operation, thing, as, isThere);
          expect([asked, outcome]).toEqual([asked, expected(rule, roles, standing, isThere)]);
          if (outcome !== 'done') expect([asked, await stateOf(api, thing)]).toEqual([asked, before]);
          // It would be given to the next one that asks for work.
          await api.scheduler.cancel(thing.id, 'over');
        }
      }
    }
  },
);
