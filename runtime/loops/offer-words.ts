import { route, type CompiledTable } from '../../spec/contract/match.ts';
import type { SubmitOutcome } from '../core/scheduler.ts';
import { taskId } from '../core/task-id.ts';
import type { Engine } from './engine.ts';
import { NOWHERE, RETRY_AFTER_MS, repeated, type Offer } from './offer.ts';
import { find, isFound, movedReason, wayEnd } from './view.ts';

/**
 * How a submission that comes again finds the task that it was before, wherever that went: at the fleet that another table chose,
 * or by the word that each fleet has which did not take it.
 */

/** Another table may have sent the same submission to another fleet: it is looked for there while that can matter. */
export async function earlierHome(engine: Engine, offer: Offer, home: string): Promise<SubmitOutcome | undefined> {
  const { tenant, key } = offer.submission;
  const homes = new Set(engine.tables.known.slice(1).map((table) => homeIn(table, offer)));
  for (const fleet of homes) {
    if (fleet === undefined || fleet === home) continue;
    const found = await find(engine, taskId(tenant, key, fleet));
    if (found !== undefined) return repeated(engine, offer, found.state.fleet, found.reply.record);
  }
  return undefined;
}

function homeIn(table: CompiledTable, { task, submission }: Offer): string | undefined {
  return route(table, task, { key: submission.key }).fleet;
}

/** Word was left, and the task is on its way from here. */
export function isMoving({ ledger }: Engine, id: string): boolean {
  return ledger.openMoves().some(({ task }) => task.id === id);
}

/** What came of leaving word: it is there, another one's leads elsewhere, or nothing is left to be done. */
export type Word =
  | { readonly kind: 'left' }
  | { readonly kind: 'leads'; readonly fleet: string; readonly left: ReadonlySet<string> }
  | { readonly kind: 'answered'; readonly outcome: SubmitOutcome };

/** Leaves word at the fleet that does not take it where it goes, so that a repetition finds it. */
export async function leaveWord(engine: Engine, offer: Offer, from: string, to: string): Promise<Word> {
  const { id, digest } = offer;
  const { compiled } = engine.tables;
  const state = engine.fleets.get(from);
  if (state === undefined) return answered(NOWHERE);
  // The word would end one that is open there, whoever runs it.
  const before = await find(engine, id);
  if (before !== undefined) return answered(repeated(engine, offer, before.state.fleet, before.reply.record));
  // Word cannot be taken back: a repetition is placed by the table that has come into force.
  if (engine.tables.compiled !== compiled) {
    const because = 'another routing table has come into force meanwhile';
    return answered({ kind: 'unavailable', because, retryAfterMs: RETRY_AFTER_MS });
  }
  const end = { state: 'moved', token: 0, digest, reason: movedReason(to), result: '' } as const;
  const reply = await state.link.ask({ op: 'finish', id, ...end });
  if (reply.kind === 'already' || reply.kind === 'stale') {
    const other = await otherWord(engine, offer, to);
    if (other !== undefined) return other;
  }
  const lsn = engine.ledger.end(from, id, end);
  state.link.recorded(lsn);
  await engine.ledger.durable(lsn);
  return { kind: 'left' };
}

/** The same submission at another scheduler: when its word leads elsewhere, it is the one that holds. */
async function otherWord(engine: Engine, offer: Offer, to: string): Promise<Word | undefined> {
  const way = await wayEnd(engine, offer.id);
  if (isFound(way)) return answered(repeated(engine, offer, way.state.fleet, way.reply.record));
  if (way === undefined) return answered(NOWHERE);
  return way.state.fleet === to ? undefined : { kind: 'leads', fleet: way.state.fleet, left: way.left };
}

function answered(outcome: SubmitOutcome): Word {
  return { kind: 'answered', outcome };
}
