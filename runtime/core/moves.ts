import type { OpenState, TaskRecord, TaskState } from './task-record.ts';

/**
 * Every legal move of a task, one constructor each. A move is what a journal, an event stream or a trace says of a task; a
 * constructor takes only a record in a state the move may start from, so an illegal move does not compile. The stores know the
 * same moves; the model test holds each change they make against `isLegal`. From `succeeded` they lead only when a journal is
 * replayed, of a success that its scheduler had not yet taken back.
 */
export interface Move {
  readonly taskId: string;
  readonly move: MoveName;
  readonly from: TaskState;
  readonly to: TaskState;
  /** Token of the lease the move is about; 0 where there is none. */
  readonly fence: number;
  /** Not to start before this time, in milliseconds since 1970; 0 for at once. */
  readonly notBeforeMs: number;
  readonly reason: string;
}

/** A record whose state is known. */
export type TaskIn<State extends TaskState> = TaskRecord & { readonly state: State };

type Waiting = 'delayed' | 'ready' | 'held';
/** So said a journal, and another one knows better. */
type Untold = 'succeeded';

const MOVES = {
  promote: { from: ['delayed'], to: 'ready' },
  setAside: { from: ['ready', 'held'], to: 'held' },
  bringBack: { from: ['held'], to: 'ready' },
  lease: { from: ['ready', 'held'], to: 'leased' },
  goOn: { from: ['delayed', 'ready', 'held', 'dead'], to: 'leased' },
  complete: { from: ['delayed', 'ready', 'held', 'leased', 'dead'], to: 'succeeded' },
  retryLater: { from: ['leased'], to: 'delayed' },
  retryNow: { from: ['leased'], to: 'ready' },
  giveUp: { from: ['leased', 'dead', 'delayed', 'ready', 'held', 'succeeded'], to: 'failed' },
  bury: { from: ['leased', 'delayed', 'ready', 'held'], to: 'dead' },
  cancel: { from: ['delayed', 'ready', 'held', 'leased', 'dead', 'succeeded'], to: 'cancelled' },
  expire: { from: ['ready', 'held', 'succeeded'], to: 'expired' },
  moveAway: { from: ['delayed', 'ready', 'held', 'succeeded'], to: 'moved' },
  redrive: { from: ['dead'], to: 'ready' },
} as const satisfies Readonly<Record<string, { readonly from: readonly TaskState[]; readonly to: TaskState }>>;

export type MoveName = keyof typeof MOVES;

/** Whether some move leads from one state to another. */
export function isLegal(from: TaskState, to: TaskState): boolean {
  return Object.values(MOVES).some((move) => move.to === to && (move.from as readonly TaskState[]).includes(from));
}

function make(
  move: MoveName,
  task: TaskRecord,
  more: Partial<Pick<Move, 'fence' | 'notBeforeMs' | 'reason'>> = {},
): Move {
  const base = { taskId: task.id, move, from: task.state, to: MOVES[move].to };
  return { ...base, fence: 0, notBeforeMs: 0, reason: '', ...more };
}

/** Its delay is over. */
export function promote(task: TaskIn<'delayed'>): Move {
  return make('promote', task);
}

/** It waits for its key or for its agent. */
export function setAside(task: TaskIn<'ready' | 'held'>, reason: string): Move {
  return make('setAside', task, { reason });
}

/** What it was held for is free, or it has waited long enough. */
export function bringBack(task: TaskIn<'held'>): Move {
  return make('bringBack', task);
}

/** An agent gets it. */
export function lease(task: TaskIn<'ready' | 'held'>, fence: number): Move {
  return make('lease', task, { fence });
}

/** Its agent has it still, says a journal that is replayed; `fence` is that of the run. */
export function goOn(task: TaskIn<Waiting | 'dead'>, fence: number): Move {
  return make('goOn', task, { fence });
}

/** Its agent finished; also when the store has forgotten the lease, or gave it up and nobody else has it. */
export function complete(task: TaskIn<OpenState | 'dead'>, fence: number): Move {
  return make('complete', task, { fence });
}

/** Its run failed, was too long, or was given back; the next one may start at `notBeforeMs`. */
export function retryLater(task: TaskIn<'leased'>, notBeforeMs: number, reason: string): Move {
  return make('retryLater', task, { fence: task.token, notBeforeMs, reason });
}

/** The same, without a delay; and when nothing was heard of the run any more. */
export function retryNow(task: TaskIn<'leased'>, reason: string): Move {
  return make('retryNow', task, { fence: task.token, reason });
}

/** It cannot succeed; or it was the oldest of too many dead letters. From a waiting state only when a journal is replayed. */
export function giveUp(task: TaskIn<OpenState | 'dead' | Untold>, reason: string): Move {
  return make('giveUp', task, { fence: task.token, reason });
}

/** Out of attempts, or its runs crash. From a waiting state only when a journal is replayed. */
export function bury(task: TaskIn<OpenState>, reason: string): Move {
  return make('bury', task, { fence: task.token, reason });
}

/** Somebody asked for its end. */
export function cancel(task: TaskIn<OpenState | 'dead' | Untold>, reason: string): Move {
  return make('cancel', task, { fence: task.token, reason });
}

/** It waited too long, or made room for a more urgent one. */
export function expire(task: TaskIn<'ready' | 'held' | Untold>, reason: string): Move {
  return make('expire', task, { reason });
}

/** Another fleet takes it. */
export function moveAway(task: TaskIn<Waiting | Untold>, reason: string): Move {
  return make('moveAway', task, { reason });
}

/** Somebody gives a dead letter another chance. */
export function redrive(task: TaskIn<'dead'>): Move {
  return make('redrive', task);
}
