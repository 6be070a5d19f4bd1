import type { CompiledTable, Decision } from '../../spec/contract/match.ts';
import type { Task } from '../../spec/contract/task.ts';
import type { Place } from '../core/new-task.ts';
import type { Submission, SubmitOutcome } from '../core/scheduler.ts';
import type { TaskRecord } from '../core/task-record.ts';
import type { Engine } from './engine.ts';

/** A submission on its way. */
export interface Offer {
  readonly submission: Submission;
  readonly task: Task;
  readonly id: string;
  readonly digest: string;
  /** What the table says of it that was in force when it came. */
  readonly decision: Decision;
  readonly compiled: CompiledTable;
  /** Fleets that have word that it has gone on: for good, so it never comes back to them. */
  readonly left: ReadonlySet<string>;
}

/** When it makes sense to come back. */
export const RETRY_AFTER_MS = 1000;

export const NOWHERE = { kind: 'unroutable', because: 'no-fleet' } as const;

export function accepted(id: string, place: Place, status: 'accepted' | 'journaled'): SubmitOutcome {
  return { kind: 'accepted', response: response(id, place, status) };
}

export function response(id: string, place: Place, status: 'accepted' | 'journaled') {
  return { id, status, fleet: place.fleet, route: place.route.id };
}

/** What is said of a submission that the store knows. */
export function repeated(engine: Engine, offer: Offer, fleet: string, record: TaskRecord): SubmitOutcome {
  if (record.digest !== offer.digest) return { kind: 'conflict', id: record.id };
  const lane = engine.tables.lane(fleet, record.lane);
  return {
    kind: 'accepted',
    response: { id: record.id, status: 'accepted', duplicate: 'repeated', fleet, route: lane?.route ?? '' },
  };
}

/** Takes the promise back, durably, before anyone is told. */
export async function refuse({ ledger, fleets }: Engine, fleet: string, id: string, promised: boolean): Promise<void> {
  if (promised) return;
  const lsn = ledger.refuse(fleet, id);
  fleets.get(fleet)?.link.recorded(lsn);
  await ledger.durable(lsn);
}
