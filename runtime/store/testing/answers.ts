import type { Operation, Reply } from '../store.ts';

/** Every answer that `../store.ts` names for an operation, and the reason it gives; of a tick each thing that it tells. */
export const ANSWERS: Readonly<Record<Operation['op'], readonly string[]>> = {
  submit: ['accepted', 'accepted, shed', 'known', 'duplicate', 'refused: queue-full', 'refused: key-full', 'unknown'],
  claim: ['claims', 'claims: hold', 'claims: paused', 'claims: no-policy'],
  complete: ['done', 'already', 'stale', 'held', 'unknown'],
  fail: ['done', 'already', 'stale', 'held', 'unknown'],
  heartbeat: ['alive', 'alive, cancel', 'stale', 'held', 'unknown'],
  cancel: ['done', 'asked', 'already', 'stale', 'held', 'unknown'],
  remove: ['removed', 'already', 'stale', 'held', 'unknown'],
  relane: ['done', 'already', 'stale', 'unknown'],
  redrive: ['done', 'already', 'stale', 'held', 'unknown'],
  tick: ['ticked', 'lost', 'timeout', 'expired', 'cancelled', 'waited', 'promoted', 'aged', 'returned', 'dropped'],
  finish: ['done', 'already', 'stale'],
  restore: ['done', 'already', 'unknown'],
  begin: ['ok'],
  end: ['ok'],
  policy: ['ok'],
  switch: ['ok', 'passed', 'full'],
  get: ['task', 'unknown'],
  list: ['tasks'],
  inspect: ['facts'],
  claimed: ['claims'],
  present: ['present'],
  roster: ['roster'],
};

/** As they are called there. */
export function answersIn(reply: Reply): readonly string[] {
  switch (reply.kind) {
    case 'accepted':
      return [reply.shed === undefined ? 'accepted' : 'accepted, shed'];
    case 'refused':
      return [`refused: ${reply.because}`];
    case 'claims':
      return [reply.held === undefined ? 'claims' : `claims: ${reply.held}`];
    case 'alive':
      return [reply.cancel ? 'alive, cancel' : 'alive'];
    case 'ticked':
      return ['ticked', ...reply.events.map(({ kind }) => kind)];
    default:
      return [reply.kind];
  }
}
