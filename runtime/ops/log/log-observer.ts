import type { Logger } from 'pino';
import type { Observer } from '../../core/observer.ts';

/** What the loops tell, as lines of the log: what an operator acts on at `info` and above, single tasks at `debug`. */
export function logObserver(log: Logger): Observer {
  return {
    submitted: ({ outcome, id, fleet, route, task, seconds }) =>
      log.debug({ outcome, taskId: id, fleet, route, task, seconds }, 'submission answered'),
    assigned: ({ id, fleet, route, task, agent, attempt, assignmentSeconds }) =>
      log.debug({ taskId: id, fleet, route, task, agent, attempt, seconds: assignmentSeconds }, 'task assigned'),
    settled: ({ id, fleet, route, agent, outcome, runSeconds }) =>
      log[outcome === 'stale' ? 'info' : 'debug'](
        { taskId: id, fleet, route, agent, outcome, seconds: runSeconds },
        outcome === 'stale' ? 'an agent answered for a run it no longer holds' : 'run ended',
      ),
    retried: ({ fleet, route, reason }) => log.debug({ fleet, route, reason }, 'run will be repeated'),
    finished: ({ id, fleet, route, outcome, reason }) =>
      log[outcome === 'dead_lettered' ? 'warn' : 'debug'](
        { taskId: id, fleet, route, outcome, reason },
        outcome === 'dead_lettered' ? 'task became a dead letter' : 'task ended',
      ),
    breaker: (dependency, state, reason) =>
      log[state === 'closed' ? 'info' : 'warn']({ dependency, state, reason }, `breaker is ${state.replace('_', ' ')}`),
    table: (event) =>
      event.kind === 'loaded'
        ? log.info({ specHash: event.digest }, 'routing table in force')
        : log.error({ reason: event.reason }, 'routing table refused; the one before stays in force'),
    recovery: ({ kind, shard, records }) =>
      log[kind === 'begun' ? 'debug' : 'info'](
        { shard, records },
        kind === 'begun' ? 'the store has forgotten; replaying the journal' : 'the store knows everything again',
      ),
    keyConflict: ({ fleet, id, digest }) =>
      log.warn(
        { taskId: id, fleet, digest },
        'an input that was accepted while the store was away is not done: another one was accepted under its key',
      ),
    canary: (outcome, step) => {
      if (outcome !== 'ok') log.warn({ outcome, reason: step }, 'the canary task did not come through in time');
    },
    warning: (message, details) => log.warn(details, message),
  };
}
