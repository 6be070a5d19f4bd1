import { randomUUID } from 'node:crypto';
import type { SubmitRequest } from '../../spec/contract/protocol.ts';
import type { Answer, Call } from './call.ts';
import type { Role } from './identity.ts';
import { WHICH_TEAM, type Operation } from './operation.ts';
import { change, submitAnswer } from './outcomes.ts';
import { found, mayAskFor, ownTask, tenantOf } from './ownership.ts';
import { ProblemError } from './problems.ts';
import { FLEET_ID, TASK_ID, text } from './schemas.ts';
import { traceOf } from './traceparent.ts';

const TASK_PARAMS = { id: TASK_ID };
const READERS: readonly Role[] = ['submitter', 'operator', 'auditor'];

/** What submitters do with tasks. */
export const TASK_OPERATIONS: readonly Operation[] = [
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
    summary:
      'Tasks of a fleet: open, dead or finished. A page may have fewer than `limit`, or none, and go on: the list ends where there is no `next`',
    roles: READERS,
    owner: 'tenant',
    query: {
      fleet: FLEET_ID,
      of: { enum: ['open', 'dead', 'finished'] },
      limit: { ...text(3, '^([1-9][0-9]?|100)$'), description: 'a whole number from 1 to 100' },
      after: { ...text(32, '^[0-9]{1,15}[.][0-9]{1,9}$'), description: '`next` of the page before' },
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
      if (page.tasks.length === 0 && page.next === undefined && !Object.hasOwn(table.fleets, fleet))
        throw new ProblemError('not-found');
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
      if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) {
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
];

async function submit(call: Call): Promise<Answer> {
  const { scheduler, table, who, body, headers, bytes } = call;
  const request = body as SubmitRequest;
  mayAskFor(table, who, request.task);
  const key = headers['idempotency-key'];
  if (key !== undefined && (Array.isArray(key) || !KEY.test(key))) {
    throw new ProblemError('bad-request', { detail: 'Idempotency-Key has 1 to 128 printable characters' });
  }
  const outcome = await scheduler.submit({
    tenant: tenantOf(call),
    subject: who.subject,
    key: key ?? randomUUID(),
    request,
    bytes,
    ...traceOf(call),
  });
  return submitAnswer(outcome, request.task);
}

const KEY = /^[\x21-\x7e]{1,128}$/;
