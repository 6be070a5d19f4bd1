import type {
  CompleteRequest,
  FailRequest,
  HeartbeatRequest,
  PollRequest,
  RegisterRequest,
  ReleaseRequest,
} from '../../spec/contract/protocol.ts';
import type { Run } from '../core/scheduler.ts';
import type { Call } from './call.ts';
import { checkDrain, checkFleet, checkPoll } from './check-against-table.ts';
import { FLEET_PARAMS, type Operation } from './operation.ts';
import { settled } from './outcomes.ts';
import { idOf, ownAgent, ownFleet, pathAgent } from './ownership.ts';
import { ProblemError } from './problems.ts';
import { AGENT_NAME, FLEET_ID, TASK_ID } from './schemas.ts';
import { traceOf } from './traceparent.ts';

const AGENT_PARAMS = { ...FLEET_PARAMS, agent: AGENT_NAME };
const TASK_PARAMS = { id: TASK_ID };

/** How runs end, and what agents do besides. */
export const AGENT_OPERATIONS: readonly Operation[] = [
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
      const run = runOf(call, agent, token);
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
      return settled(await call.scheduler.fail(runOf(call, agent, token), failure));
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
      return settled(await call.scheduler.release(runOf(call, agent, token)));
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
    problems: ['not-now'],
    run: async (call) => {
      const agent = pathAgent(call);
      checkDrain(call.table, agent.fleet);
      if (!(await call.scheduler.drainAgent(agent)))
        throw new ProblemError('not-found', { detail: `no agent of ${agent.fleet} is called ${agent.name}` });
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
    problems: ['not-found'],
    run: async ({ scheduler, table, query: { fleet } }) => {
      if (fleet !== undefined) checkFleet({ scheduler, table }, fleet);
      return { status: 200, body: { agents: scheduler.agents(fleet) } };
    },
  },
];

function runOf(call: Call, agent: string, token: number): Run {
  return { id: idOf(call), token, agent: ownAgent(call, agent), ...traceOf(call) };
}
