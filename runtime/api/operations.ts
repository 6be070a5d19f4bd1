import { randomUUID } from 'node:crypto';
import type {
  CompleteRequest,
  FailRequest,
  HeartbeatRequest,
  PollRequest,
  RegisterRequest,
  ReleaseRequest,
  SubmitRequest,
} from '../../spec/contract/protocol.ts';
import type { Answer, Call } from './call.ts';
import type { Role } from './identity.ts';
import { change, settled, submitAnswer } from './outcomes.ts';
import {
  found,
  idOf,
  mayAskFor,
  ownAgent,
  ownFleet,
  ownTask,
  pathAgent,
  pathFleet,
  TEAM_HEADER,
  tenantOf,
} from './ownership.ts';
import { checkBuild, checkPoll } from './check-against-table.ts';
import { ProblemError, type ProblemName } from './problems.ts';
import { redriveMany } from './redrive.ts';
import { AGENT_NAME, FLEET_ID, NAME, TASK_ID, text, type answers, type bodies, type Schema } from './schemas.ts';

/**
 * Every operation of the API, once: its path, its shapes, who may ask for it, and what it does. Validation, access, OpenAPI and
 * the tests are made from this table. To add one: a line here, and a method of `Scheduler`.
 */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it; a fleet id takes two segments. */
  readonly path: string;
  readonly summary: string;
  /** Any of these may ask. */
  readonly roles: readonly Role[];
  /** What a caller without `operator` or `auditor` is held to. */
  readonly owner: 'tenant' | 'agent' | 'none';
  readonly params?: Readonly<Record<string, Schema>>;
  readonly query?: Readonly<Record<string, Schema>>;
  /** Parameters of the query that must be there. */
  readonly needs?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: keyof typeof bodies;
  readonly answer: keyof typeof answers;
  readonly status: readonly number[];
  /** What it refuses with beyond what every operation of its shape does (`runtime/api/problems-of.ts`). */
  readonly problems?: readonly ProblemName[];
  /** `text/event-stream` of `answer`s. */
  readonly streams?: true;
  /** Verb of the audit log; absent where nothing is changed. */
  readonly audit?: string;
  readonly run: (call: Call) => Promise<Answer>;
}

const FLEET_PARAMS = { team: text(63, NAME), fleet: text(63, NAME) };
const AGENT_PARAMS = { ...FLEET_PARAMS, agent: AGENT_NAME };
const TASK_PARAMS = { id: TASK_ID };
const WHICH_TEAM = { [TEAM_HEADER]: 'The team that is meant, of a submitter who is in several' };
const READERS: readonly Role[] = ['submitter', 'operator', 'auditor'];

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'submitTask',
    method: 'POST',
    path: '/v1/tasks',
    summary: 'Submits a task. It is durable when this answers; the same idempotency key names the same task',
    roles: ['submitter'],
    owner: 'tenant',
    headers: {
      'idempotency-key': 'Names the task for its submitter, 1 to 128 characters; drawn when absent',
      ...WHICH_TEAM,
    },
    body: 'SubmitRequest',
    answer: 'SubmitResponse',
    status: [200, 201, 202],
    problems: ['which-team', 'invalid-input', 'no-route', 'no-fleet', 'key-conflict', 'duplicate', 'queue-full'],
    audit: 'task:submit',
    run: submit,
  },
  {
    id: 'listTasks',
    method: 'GET',
    path: '/v1/tasks',
    summary: 'Tasks of a fleet: open, dead or finished',
    roles: READERS,
    owner: 'tenant',
    query: {
      fleet: FLEET_ID,
      of: { enum: ['open', 'dead', 'finished'] },
      limit: { ...text(3, '^([1-9][0-9]?|100)$'), description: 'a whole number from 1 to 100' },
      after: { ...text(32, '^[0-9]{1,9}[.][0-9]{1,9}$'), description: '`next` of the page before' },
    },
    needs: ['fleet'],
    headers: WHICH_TEAM,
    answer: 'TaskPage',
    status: [200],
    problems: ['which-team', 'not-found'],
    run: async (call) => {
      const { scheduler, table, all, query } = call;
      const { fleet = '', of = 'open', limit = '20', after } = query;
      const page = await scheduler.tasks({
        fleet,
        of: of as 'open' | 'dead' | 'finished',
        limit: Number(limit),
        ...(after !== undefined && { after }),
        ...(!all && { tenant: tenantOf(call) }),
      });
      // What the table has forgotten may have tasks yet.
      if (page.tasks.length === 0 && !Object.hasOwn(table.fleets, fleet)) throw new ProblemError('not-found');
      return { status: 200, body: page };
    },
  },
  {
    id: 'getTask',
    method: 'GET',
    path: '/v1/tasks/{id}',
    summary: 'A task: its state, its input while it is open, its result when it has ended',
    roles: READERS,
    owner: 'tenant',
    params: TASK_PARAMS,
    answer: 'TaskView',
    status: [200],
    run: async (call) => ({ status: 200, body: found(await call.scheduler.task(ownTask(call))) }),
  },
  {
    id: 'watchTask',
    method: 'GET',
    path: '/v1/tasks/{id}/events',
    summary: 'What happens to a task, until it ends, as server-sent events',
    roles: READERS,
    owner: 'tenant',
    params: TASK_PARAMS,
    headers: { 'last-event-id': 'Goes on after this event' },
    answer: 'TaskEvent',
    status: [200],
    streams: true,
    run: async (call) => {
      const id = ownTask(call);
      const after = call.headers['last-event-id'] ?? '0';
      if (typeof after !== 'string' || !/^\d{1,16}$/.test(after)) {
        throw new ProblemError('bad-request', { detail: 'Last-Event-ID is the id of an event' });
      }
      found(await call.scheduler.task(id));
      return { status: 200, stream: call.scheduler.events(id, Number(after), call.gone) };
    },
  },
  {
    id: 'explainTask',
    method: 'GET',
    path: '/v1/tasks/{id}/why',
    summary:
      'Why a task is where it is: every rule that holds it, since when, and the nearest change that would start it',
    roles: READERS,
    owner: 'tenant',
    params: TASK_PARAMS,
    answer: 'WhyResponse',
    status: [200],
    run: async (call) => ({ status: 200, body: found(await call.scheduler.why(ownTask(call))) }),
  },
  {
    id: 'cancelTask',
    method: 'POST',
    path: '/v1/tasks/{id}/cancel',
    summary: 'Ends a task that waits; asks a running one to end',
    roles: ['submitter', 'operator'],
    owner: 'tenant',
    params: TASK_PARAMS,
    body: 'CancelRequest',
    answer: 'ChangeResponse',
    status: [200, 202],
    problems: ['not-now'],
    audit: 'task:cancel',
    run: async (call) => {
      const { reason = 'cancelled' } = call.body as { readonly reason?: string };
      return change(await call.scheduler.cancel(ownTask(call), reason));
    },
  },
  {
    id: 'retryTask',
    method: 'POST',
    path: '/v1/tasks/{id}/retry',
    summary: 'A dead letter becomes ready again',
    roles: ['submitter', 'operator'],
    owner: 'tenant',
    params: TASK_PARAMS,
    answer: 'ChangeResponse',
    status: [200],
    problems: ['not-now'],
    audit: 'task:retry',
    run: async (call) => change(await call.scheduler.redrive(ownTask(call))),
  },
  {
    id: 'completeTask',
    method: 'POST',
    path: '/v1/tasks/{id}/complete',
    summary: 'The agent has finished; durable when this answers. With `next` the answer brings what waits',
    roles: ['agent'],
    owner: 'agent',
    params: TASK_PARAMS,
    query: { fleet: FLEET_ID },
    body: 'CompleteRequest',
    answer: 'SettleResponse',
    status: [200],
    problems: ['stale', 'invalid-result'],
    run: async (call) => {
      const { agent, token, result, next } = call.body as CompleteRequest;
      const run = { id: idOf(call), token, agent: ownAgent(call, agent) };
      const more = next === undefined ? undefined : { request: next, signal: call.gone };
      return settled(await call.scheduler.complete(run, result, more));
    },
  },
  {
    id: 'failTask',
    method: 'POST',
    path: '/v1/tasks/{id}/fail',
    summary: 'The agent has failed; the task is tried again, ends, or becomes a dead letter',
    roles: ['agent'],
    owner: 'agent',
    params: TASK_PARAMS,
    query: { fleet: FLEET_ID },
    body: 'FailRequest',
    answer: 'SettleResponse',
    status: [200],
    problems: ['stale'],
    run: async (call) => {
      const { agent, token, ...failure } = call.body as FailRequest;
      return settled(await call.scheduler.fail({ id: idOf(call), token, agent: ownAgent(call, agent) }, failure));
    },
  },
  {
    id: 'releaseTask',
    method: 'POST',
    path: '/v1/tasks/{id}/release',
    summary: 'The agent gives a task back; nothing is counted against it',
    roles: ['agent'],
    owner: 'agent',
    params: TASK_PARAMS,
    query: { fleet: FLEET_ID },
    body: 'ReleaseRequest',
    answer: 'SettleResponse',
    status: [200],
    problems: ['stale'],
    run: async (call) => {
      const { agent, token } = call.body as ReleaseRequest;
      return settled(await call.scheduler.release({ id: idOf(call), token, agent: ownAgent(call, agent) }));
    },
  },
  {
    id: 'registerAgent',
    method: 'POST',
    path: '/v1/agents',
    summary: 'An agent says hello, and learns how this scheduler talks',
    roles: ['agent'],
    owner: 'agent',
    body: 'RegisterRequest',
    answer: 'RegisterResponse',
    status: [200],
    problems: ['not-found'],
    run: async (call) => {
      const { fleet: asked, ...request } = call.body as RegisterRequest & { readonly fleet?: string };
      const outcome = call.scheduler.register(ownFleet(call.who, asked), request);
      if (outcome.kind === 'unknown-fleet') throw new ProblemError('not-found');
      if (outcome.kind === 'unknown-build') {
        const detail = `the routing table has ${outcome.builds.join(', ')}`;
        throw new ProblemError('invalid-body', { errors: [{ pointer: '/build', detail }] });
      }
      return { status: 200, body: outcome.response };
    },
  },
  {
    id: 'pollTasks',
    method: 'POST',
    path: '/v1/agents/{team}/{fleet}/{agent}/poll',
    summary: 'Waits for work: at most `free` tasks, at most `waitMs` long',
    roles: ['agent'],
    owner: 'agent',
    params: AGENT_PARAMS,
    body: 'PollRequest',
    answer: 'PollResponse',
    status: [200],
    run: async (call) => {
      const agent = pathAgent(call);
      const request = call.body as PollRequest;
      checkPoll(call, agent.fleet, request);
      return { status: 200, body: await call.scheduler.poll(agent, request, call.gone) };
    },
  },
  {
    id: 'beat',
    method: 'POST',
    path: '/v1/agents/{team}/{fleet}/{agent}/heartbeat',
    summary: 'Keeps the leases of what runs, and learns what should end',
    roles: ['agent'],
    owner: 'agent',
    params: AGENT_PARAMS,
    body: 'HeartbeatRequest',
    answer: 'HeartbeatResponse',
    status: [200],
    run: async (call) => {
      const { tasks } = call.body as HeartbeatRequest;
      return { status: 200, body: await call.scheduler.heartbeat(pathAgent(call), tasks) };
    },
  },
  {
    id: 'drainAgent',
    method: 'POST',
    path: '/v1/agents/{team}/{fleet}/{agent}/drain',
    summary: 'Tells an agent to finish what it runs and go',
    roles: ['agent', 'operator'],
    owner: 'agent',
    params: AGENT_PARAMS,
    answer: 'Done',
    status: [200],
    audit: 'agent:drain',
    run: async (call) => {
      if (!(await call.scheduler.drainAgent(pathAgent(call)))) throw new ProblemError('not-found');
      return { status: 200, body: { done: true } };
    },
  },
  {
    id: 'listAgents',
    method: 'GET',
    path: '/v1/agents',
    summary: 'Agents that were heard of within the last minute, at any scheduler',
    roles: ['operator', 'auditor'],
    owner: 'none',
    query: { fleet: FLEET_ID },
    answer: 'AgentList',
    status: [200],
    run: async ({ scheduler, query }) => ({ status: 200, body: { agents: scheduler.agents(query['fleet']) } }),
  },
  {
    id: 'listFleets',
    method: 'GET',
    path: '/v1/fleets',
    summary: 'All fleets: agents, slots, queues, breakers, shares of their builds',
    roles: ['operator', 'auditor'],
    owner: 'none',
    answer: 'FleetList',
    status: [200],
    run: async ({ scheduler }) => ({ status: 200, body: { fleets: await scheduler.fleets() } }),
  },
  {
    id: 'getFleet',
    method: 'GET',
    path: '/v1/fleets/{team}/{fleet}',
    summary: 'One fleet',
    roles: ['operator', 'auditor'],
    owner: 'none',
    params: FLEET_PARAMS,
    answer: 'FleetView',
    status: [200],
    run: async (call) => ({ status: 200, body: found(await call.scheduler.fleet(pathFleet(call))) }),
  },
  fleetChange('pauseFleet', 'pause', 'Starts no more tasks of a fleet; what runs goes on', 'PauseRequest', (call) => {
    const { reason = 'paused' } = call.body as { readonly reason?: string };
    return call.scheduler.pause(pathFleet(call), reason);
  }),
  fleetChange('resumeFleet', 'resume', 'Ends a pause or a drain', undefined, (call) =>
    call.scheduler.resume(pathFleet(call)),
  ),
  fleetChange(
    'drainFleet',
    'drain',
    'Sends nothing new to a fleet, or to one of its builds',
    'DrainRequest',
    (call) => {
      const { build } = call.body as { readonly build?: string };
      const fleet = pathFleet(call);
      if (build !== undefined) checkBuild(call.table, fleet, build);
      return call.scheduler.drain(fleet, build);
    },
  ),
  {
    id: 'redriveDeadLetters',
    method: 'POST',
    path: '/v1/fleets/{team}/{fleet}/dead-letters/redrive',
    summary: 'Gives dead letters of a fleet another chance',
    roles: ['operator'],
    owner: 'none',
    params: FLEET_PARAMS,
    body: 'RedriveRequest',
    answer: 'RedriveResponse',
    status: [200],
    problems: ['not-now'],
    audit: 'fleet:redrive',
    run: redriveMany,
  },
  {
    id: 'getStatus',
    method: 'GET',
    path: '/v1/status',
    summary: 'How this scheduler is, and which routing table it follows',
    roles: ['submitter', 'agent', 'operator', 'auditor'],
    owner: 'none',
    answer: 'Status',
    status: [200],
    run: async ({ scheduler }) => {
      const { ready, draining, store, table, refusedTable } = scheduler.status();
      const loadedAt = new Date(table.loadedAtMs).toISOString();
      return {
        status: 200,
        body: {
          ...{ ready, draining, store, environment: table.environment, loadedAt },
          ...{ table: table.digest, tableVersion: table.version },
          ...(refusedTable !== undefined && { refusedTable }),
        },
      };
    },
  },
];

function fleetChange(
  id: string,
  verb: string,
  summary: string,
  body: keyof typeof bodies | undefined,
  make: (call: Call) => Promise<boolean>,
): Operation {
  return {
    id,
    method: 'POST',
    path: `/v1/fleets/{team}/{fleet}/${verb}`,
    summary,
    roles: ['operator'],
    owner: 'none',
    params: FLEET_PARAMS,
    ...(body !== undefined && { body }),
    answer: 'Done',
    status: [200],
    audit: `fleet:${verb}`,
    run: async (call) => {
      if (!(await make(call))) throw new ProblemError('not-found');
      return { status: 200, body: { done: true } };
    },
  };
}

async function submit(call: Call): Promise<Answer> {
  const { scheduler, table, who, body, headers, bytes } = call;
  const request = body as SubmitRequest;
  mayAskFor(table, who, request.task);
  const key = headers['idempotency-key'];
  if (key !== undefined && (Array.isArray(key) || !KEY.test(key))) {
    throw new ProblemError('bad-request', { detail: 'Idempotency-Key has 1 to 128 printable characters' });
  }
  const traceparent = headers['traceparent'];
  const outcome = await scheduler.submit({
    tenant: tenantOf(call),
    subject: who.subject,
    key: key ?? randomUUID(),
    request,
    bytes,
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
  });
  return submitAnswer(outcome);
}

const KEY = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
