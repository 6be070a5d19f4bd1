import { route } from '../../spec/contract/match.ts';
import { newTask, type Place } from '../core/new-task.ts';
import type { SubmitOutcome } from '../core/scheduler.ts';
import { BODY_BYTES_MAX, type NewTask, type TaskRecord } from '../core/task-record.ts';
import { checkOperation } from '../store/check-batch.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { finishShed, hasEnded, isOver, promiseEnd } from './ends.ts';
import { changed, type Engine, type FleetState } from './engine.ts';
import { encodeEnvelope } from './envelope.ts';
import type { JournaledTask } from './journal-entry.ts';
import { openPlaceAt } from './move.ts';
import { accepted, NOWHERE, refuse, repeated, response, RETRY_AFTER_MS, type Offer } from './offer.ts';
import { isMoving, leaveWord } from './offer-words.ts';
import { nextOf } from './overflow.ts';
import { isFound, wayEnd } from './view.ts';

/** Promises the task to a fleet's shard. */
export async function offerTo(engine: Engine, offer: Offer, place: Place): Promise<SubmitOutcome> {
  const state = engine.fleets.get(place.fleet);
  if (state === undefined) return { kind: 'unroutable', because: 'no-fleet', route: place.route.id };
  const before = engine.ends.has(place.fleet, offer.id) ? await endedBefore(engine, offer, state) : undefined;
  if (before !== undefined) return before;
  const digest = engine.ledger.promised(place.fleet, offer.id);
  const promised = digest !== undefined;
  const task = offeredTask(engine, offer, place);
  // As it is kept: with what is kept beside it, and `1e20` is written out. The store would not take it, now or in a replay.
  if (Buffer.byteLength(task.body) > BYTES_MAX) return { kind: 'too-large', bytesMax: BYTES_MAX };
  // Nothing is promised that no store takes: it would come back with each replay.
  checkOperation({ op: 'submit', task });
  const { reply, isItself } = await promise(engine, state, task, promised);
  if (isItself) return accepted(offer.id, place, 'accepted');
  if (reply !== 'journaled') return told(engine, offer, { state, place, promised, reply });
  return promised ? promisedHere(offer, place, digest) : accepted(offer.id, place, 'journaled');
}

/** Of a task whose end this journal has: it is not promised anew, so that whoever repeats it writes nothing. */
async function endedBefore(
  engine: Engine,
  offer: Offer,
  { fleet, link }: FleetState,
): Promise<SubmitOutcome | undefined> {
  const asked = await link.ask({ op: 'inspect', lanes: [], id: offer.id }).catch(isAway);
  const record = asked !== 'journaled' && asked.kind === 'facts' ? asked.facts.task?.record : undefined;
  const lsn = record === undefined ? undefined : engine.ends.find(fleet, record);
  if (record === undefined || lsn === undefined || !hasEnded(record)) return undefined;
  await engine.ledger.durable(lsn);
  return repeated(engine, offer, fleet, record);
}

/** Writes the promise down and asks the shard beside it; the answer counts when the promise is durable. */
async function promise(
  { ledger, clock }: Engine,
  state: FleetState,
  task: NewTask,
  promised: boolean,
): Promise<{ readonly reply: Reply | 'journaled'; readonly isItself: boolean }> {
  const kept: JournaledTask = { ...task, acceptedMs: clock.nowMs() };
  const isJoining = state.link.state === 'replaying';
  // A repetition of what this scheduler has promised and not yet seen end needs no second promise; the first may not be durable yet.
  const lsn = promised ? ledger.newest(state.fleet) : ledger.submit(state.fleet, kept);
  const sent = promised
    ? state.link.ask({ op: 'submit', task: kept }).catch(isAway)
    : // By the store's own clock, and within its bounds: only a replay says when it was accepted.
      state.link.submit({ op: 'submit', task }, lsn);
  state.wantedMs ??= clock.nowMs();
  const reply = await sent;
  // As a rule it is by now.
  if (!ledger.isDurable(lsn)) await ledger.durable(lsn);
  return { reply, isItself: isJoining && !promised && isOwn(reply, kept) };
}

/**
 * The replay that was about to begin has brought it, and what was sent after it met itself: nobody has repeated anything. Only a
 * replay says when a task was accepted by the clock of who accepted it.
 */
function isOwn(reply: Reply | 'journaled', { digest, acceptedMs }: JournaledTask): boolean {
  if (reply === 'journaled' || reply.kind !== 'known') return false;
  const { record } = reply;
  return record.digest === digest && record.acceptedMs === acceptedMs && !hasEnded(record);
}

/** A place that was asked, whether the task was promised there before, and the answer. */
interface Told {
  readonly state: FleetState;
  readonly place: Place;
  readonly promised: boolean;
  readonly reply: Reply;
}

/** What the shard's answer is to the submitter. */
async function told(engine: Engine, offer: Offer, { state, place, promised, reply }: Told): Promise<SubmitOutcome> {
  const { id } = offer;
  switch (reply.kind) {
    case 'accepted':
      if (reply.shed !== undefined) await finishShed(engine, place.fleet, reply.shed);
      changed(engine, id);
      return accepted(id, place, 'accepted');
    case 'known':
      return known(engine, offer, state, reply.record, promised);
    case 'duplicate':
      await refuse(engine, place.fleet, id, promised);
      return place.route.dedupe?.onHit === 'reject'
        ? { kind: 'duplicate', of: reply.of }
        : { kind: 'accepted', response: { ...response(reply.of, place, 'accepted'), duplicate: 'joined' } };
    case 'refused':
      await refuse(engine, place.fleet, id, promised);
      return overflow(engine, offer, place, reply);
    default:
      throw new Error(`the store answered a submission with ${reply.kind}`);
  }
}

/** Where a task goes on to, the id of another route stands in its body. */
const BYTES_MAX = BODY_BYTES_MAX - 512;

/** Without the store, what this scheduler has promised under that key answers for it. */
function promisedHere(offer: Offer, place: Place, digest: string): SubmitOutcome {
  const { id } = offer;
  if (digest !== offer.digest) return { kind: 'conflict', id };
  return { kind: 'accepted', response: { ...response(id, place, 'journaled'), duplicate: 'repeated' } };
}

function isAway(error: unknown): 'journaled' {
  if (error instanceof StoreFailure) return 'journaled';
  throw error;
}

function offeredTask(engine: Engine, { submission, task, id, digest, decision }: Offer, place: Place): NewTask {
  const { tenant, key, request, traceparent } = submission;
  const { labels = {}, input = {} } = task;
  const said = { task: task.task, tenant, labels, input, key, route: place.route.id, step: place.fallbackStep };
  const envelope = encodeEnvelope(traceparent === undefined ? said : { ...said, traceparent });
  const facts = { id, task: task.task, tenant, body: envelope, digest, delayMs: request.delayMs ?? 0 };
  return newTask(engine.tables.compiled.table, place, decision, facts);
}

/** The store knows the id. */
async function known(
  engine: Engine,
  offer: Offer,
  state: FleetState,
  record: TaskRecord,
  promised: boolean,
): Promise<SubmitOutcome> {
  const { fleet } = state;
  const same = record.digest === offer.digest;
  if (record.state === 'moved') {
    const end = await wayEnd(engine, offer.id);
    if (isFound(end)) return repeated(engine, offer, end.state.fleet, end.reply.record);
    // Word was left, and then no queue took it. Of one that is on its way from here the journal knows.
    if (same && !isMoving(engine, offer.id)) {
      await refuse(engine, fleet, offer.id, promised);
      return end === undefined ? NOWHERE : offerThere(engine, { ...offer, left: end.left }, end.state.fleet);
    }
  }
  // What is open stays promised: the first promise may be in a journal that is lost. What is not ours to promise does not.
  if (!promised && same && hasEnded(record)) await promiseEnd(engine, state, offer.id);
  else if (!promised && (!same || isOver(record))) await refuse(engine, fleet, offer.id, false);
  return repeated(engine, offer, fleet, record);
}

/** Promises it to the fleet that words lead to, as the table in force has it; when that no longer takes it, further on. */
function offerThere(engine: Engine, offer: Offer, fleet: string): SubmitOutcome | Promise<SubmitOutcome> {
  const { compiled } = engine.tables;
  const { task, submission } = offer;
  const decision = compiled === offer.compiled ? offer.decision : route(compiled, task, { key: submission.key });
  const taken = decision.route;
  if (taken === undefined) return { kind: 'unroutable', because: 'no-route' };
  const now: Offer = { ...offer, decision, compiled };
  const place = engine.fleets.has(fleet)
    ? openPlaceAt(engine, fleet, { route: taken.id, step: 0, task: task.task })
    : undefined;
  if (place !== undefined) return offerTo(engine, now, place);
  const next = nextOf(engine, now, { route: taken, fleet, fallbackStep: 0 });
  return next === undefined ? { ...NOWHERE, route: taken.id } : offerElsewhere(engine, now, fleet, next);
}

/** A queue was full: the fallback chain's steps for that, else the refusal. */
async function overflow(
  engine: Engine,
  offer: Offer,
  place: Place,
  reply: Extract<Reply, { kind: 'refused' }>,
): Promise<SubmitOutcome> {
  const refused: SubmitOutcome = { kind: 'refused', because: reply.because, retryAfterMs: RETRY_AFTER_MS };
  if (reply.because === 'key-full') return refused;
  const next = nextOf(engine, offer, place);
  return next === undefined ? refused : offerElsewhere(engine, offer, place.fleet, next);
}

/** Leaves word at the fleet that does not take it where it went, so that a repetition finds it; then promises it there. */
export async function offerElsewhere(engine: Engine, offer: Offer, from: string, place: Place): Promise<SubmitOutcome> {
  const { compiled } = engine.tables;
  const word = await leaveWord(engine, offer, from, place.fleet);
  if (word.kind === 'answered') return word.outcome;
  if (word.kind === 'leads') return offerThere(engine, { ...offer, left: word.left }, word.fleet);
  const now: Offer = { ...offer, left: new Set([...offer.left, from]) };
  return engine.tables.compiled === compiled ? offerTo(engine, now, place) : offerThere(engine, now, place.fleet);
}
