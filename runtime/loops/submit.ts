import { hash } from 'node:crypto';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import { route, type CompiledTable, type Decision } from '../../spec/contract/match.ts';
import type { Task } from '../../spec/contract/task.ts';
import type { SubmitRequest } from '../../spec/contract/protocol.ts';
import { admit, fullBucket } from '../core/admission.ts';
import { CANARY } from '../core/canary.ts';
import { newTask, type Place } from '../core/new-task.ts';
import { firstPlace, nextPlace } from '../core/route-decision.ts';
import type { Of, Submitted } from '../core/observer.ts';
import type { Submission, SubmitOutcome } from '../core/scheduler.ts';
import { taskId } from '../core/task-id.ts';
import { BODY_BYTES_MAX, type NewTask, type TaskRecord } from '../core/task-record.ts';
import { JournalFull } from '../journal/journal-full.ts';
import { checkOperation } from '../store/check-batch.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { changed, type Engine, type FleetState } from './engine.ts';
import { encodeEnvelope } from './envelope.ts';
import { finishShed, hasEnded, isOver, promiseEnd } from './ends.ts';
import type { JournaledTask } from './journal-entry.ts';
import { openPlaceAt } from './move.ts';
import { find, isFound, movedReason, wayEnd } from './view.ts';
import { routingView } from './view-of-fleets.ts';

/** `Scheduler.submit`: decides where the task goes, promises it, and tells what became of it. */
export async function submit(engine: Engine, asked: Submission): Promise<SubmitOutcome> {
  const submission = traced(engine, asked);
  const begun = engine.clock.monotonicMs();
  const tell = (event: Pick<Submitted, 'fleet' | 'route' | 'outcome' | 'id'>): void =>
    engine.observer.submitted?.({
      ...event,
      task: submission.request.task,
      tenant: submission.tenant,
      seconds: (engine.clock.monotonicMs() - begun) / 1000,
      ...(submission.traceparent !== undefined && { traceparent: submission.traceparent }),
    });
  const way: Way = { fleet: '', route: '' };
  try {
    const outcome = await outcomeOf(engine, submission, way);
    const id = outcome.kind === 'accepted' ? { id: outcome.response.id } : {};
    tell({ ...placeOf(outcome, way), outcome: outcomeName(outcome), ...id });
    return outcome;
  } catch (error) {
    // Whoever submitted hears of a fault, and the promise of availability must.
    tell({ ...way, outcome: 'error' });
    throw error;
  }
}

/** Where a submission is to go, as soon as that is known; empty where nothing takes it. */
interface Way {
  fleet: string;
  route: string;
}

/** With the trace that all it becomes is told in; of what nobody hears of none is begun. */
function traced({ beginTrace }: Engine, submission: Submission): Submission {
  if (submission.tenant === CANARY) return submission;
  const traceparent = beginTrace(submission.traceparent);
  return traceparent === undefined ? submission : { ...submission, traceparent };
}

/** What tells a repeated submission from another one with the same key: its task type, and a digest of all it says. */
export function digestOf(request: SubmitRequest): string {
  const { task, input = {}, labels = {}, delayMs = 0 } = request;
  // In the order of its keys, so that nothing is to be sorted.
  const text = canonicalJson({ delayMs, input, labels: { ...labels }, task });
  return `${task}/${hash('sha256', text, 'base64url').slice(0, 22)}`;
}

/** A submission on its way. */
interface Offer {
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

async function outcomeOf(engine: Engine, submission: Submission, way: Way): Promise<SubmitOutcome> {
  try {
    return await decide(engine, submission, way);
  } catch (error) {
    if (!(error instanceof JournalFull || error instanceof StoreFailure)) throw error;
    return { kind: 'unavailable', retryAfterMs: RETRY_AFTER_MS };
  }
}

/** Only a task that is offered must be waited for. */
function decide(engine: Engine, submission: Submission, way: Way): SubmitOutcome | Promise<SubmitOutcome> {
  const { tenant, key, request } = submission;
  const { compiled } = engine.tables;
  const task: Task = { task: request.task, tenant, labels: request.labels ?? {}, input: request.input ?? {} };
  const decision = route(compiled, task, { key });
  Object.assign(way, { fleet: decision.fleet ?? '', route: decision.route?.id ?? '' });
  if (engine.stopping) return { kind: 'unavailable', retryAfterMs: RETRY_AFTER_MS };
  if (decision.route === undefined) return { kind: 'unroutable', because: 'no-route' };
  const { fleet } = decision;
  if (fleet === undefined) return { kind: 'unroutable', because: 'no-fleet', route: decision.route.id };
  const errors = engine.tables.faults(compiled.table.fleets[fleet]?.accepts[task.task]?.input, task.input);
  if (errors.length > 0) return { kind: 'invalid', errors };
  const refused = admission(engine, submission, decision);
  if (refused !== undefined) return refused;
  const id = taskId(tenant, key, fleet);
  const digest = digestOf(request);
  return offerSomewhere(engine, { submission, task, id, digest, decision, compiled, left: new Set() }, fleet);
}

const RETRY_AFTER_MS = 1000;

function offerSomewhere(engine: Engine, offer: Offer, home: string): SubmitOutcome | Promise<SubmitOutcome> {
  const { decision } = offer;
  const away = engine.fleets.get(home)?.link.state === 'lost';
  if (away && decision.route !== undefined && decision.build !== undefined) {
    // Without the store nobody can be asked; the task waits in the journal for the place the table wants.
    return offerTo(engine, offer, { route: decision.route, fleet: home, build: decision.build, fallbackStep: 0 });
  }
  if (engine.tables.known.length === 1) return offerFirst(engine, offer, home);
  return earlierHome(engine, offer, home).then((before) => before ?? offerFirst(engine, offer, home));
}

function offerFirst(engine: Engine, offer: Offer, home: string): SubmitOutcome | Promise<SubmitOutcome> {
  const { decision, task, submission } = offer;
  const { compiled } = engine.tables;
  const { key } = submission;
  // Another table may have come into force meanwhile.
  const wanted = compiled === offer.compiled ? decision : route(compiled, task, { key });
  const placement = firstPlace(compiled, task, key, wanted, routingView(engine));
  if (placement.kind !== 'placed') return { kind: 'unroutable', because: 'no-fleet' };
  return placement.place.fleet === home
    ? offerTo(engine, offer, placement.place)
    : offerElsewhere(engine, offer, home, placement.place);
}

function admission(engine: Engine, submission: Submission, decision: Decision): SubmitOutcome | undefined {
  const { bounds, buckets, clock, ledger } = engine;
  const now = clock.monotonicMs();
  const bucket = buckets.get(submission.subject) ?? fullBucket(bounds.admission, now);
  const { pendingMs, bytes } = ledger.journal.stats;
  const answer = admit(
    { bodyBytes: submission.bytes, priority: decision.priority ?? 'normal' },
    { journalBytes: bytes, backlogAgeMs: pendingMs },
    bucket,
    bounds.admission,
    now,
  );
  if ('bucket' in answer) buckets.set(submission.subject, answer.bucket);
  if (answer.kind === 'admitted') return undefined;
  if (answer.kind === 'too-large') return answer;
  const because = answer.kind === 'too-many' ? 'rate' : 'overloaded';
  return { kind: 'refused', because, retryAfterMs: answer.retryAfterMs };
}

/** Another table may have sent the same submission to another fleet: it is looked for there while that can matter. */
async function earlierHome(engine: Engine, offer: Offer, home: string): Promise<SubmitOutcome | undefined> {
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

/** Promises the task to a fleet's shard. */
async function offerTo(engine: Engine, offer: Offer, place: Place): Promise<SubmitOutcome> {
  const { ledger, clock } = engine;
  const { id } = offer;
  const state = engine.fleets.get(place.fleet);
  if (state === undefined) return { kind: 'unroutable', because: 'no-fleet', route: place.route.id };
  // A repetition of what this scheduler has promised and not yet seen end needs no second promise.
  const digest = ledger.promised(place.fleet, id);
  const promised = digest !== undefined;
  const task = offeredTask(engine, offer, place);
  // As it is kept: with what is kept beside it, and `1e20` is written out. The store would not take it, now or in a replay.
  if (Buffer.byteLength(task.body) > BYTES_MAX) return { kind: 'too-large', bytesMax: BYTES_MAX };
  // Nothing is promised that no store takes: it would come back with each replay.
  checkOperation({ op: 'submit', task });
  const promise: JournaledTask = { ...task, acceptedMs: clock.nowMs() };
  const isJoining = state.link.state === 'replaying';
  const lsn = promised ? undefined : ledger.submit(place.fleet, promise);
  const sent =
    lsn === undefined
      ? state.link.ask({ op: 'submit', task: promise }).catch(isAway)
      : // By the store's own clock, and within its bounds: only a replay says when it was accepted.
        state.link.submit({ op: 'submit', task }, lsn);
  state.wantedMs ??= clock.nowMs();
  const reply = await sent;
  // As a rule it is by now.
  if (lsn !== undefined && !ledger.isDurable(lsn)) await ledger.durable(lsn);
  if (reply === 'journaled')
    return digest === undefined ? accepted(id, place, 'journaled') : promisedHere(engine, offer, place, digest);
  switch (reply.kind) {
    case 'accepted':
      if (reply.shed !== undefined) await finishShed(engine, place.fleet, reply.shed);
      changed(engine, id);
      return accepted(id, place, 'accepted');
    case 'known':
      // The replay that was about to begin has brought it, and what was sent after it met itself: nobody has repeated anything.
      if (isJoining && !promised && isItself(reply.record, promise)) return accepted(id, place, 'accepted');
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

/** Only a replay says when a task was accepted by the clock of who accepted it. */
function isItself(record: TaskRecord, promise: JournaledTask): boolean {
  return record.digest === promise.digest && record.acceptedMs === promise.acceptedMs && !hasEnded(record);
}

/** Where a task goes on to, the id of another route stands in its body. */
const BYTES_MAX = BODY_BYTES_MAX - 512;

/** Without the store, what this scheduler has promised under that key answers for it. */
async function promisedHere({ ledger }: Engine, offer: Offer, place: Place, digest: string): Promise<SubmitOutcome> {
  const { id } = offer;
  if (digest !== offer.digest) return { kind: 'conflict', id };
  // The first call may wait for that as well.
  await ledger.durable(ledger.newest(place.fleet));
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

function isMoving({ ledger }: Engine, id: string): boolean {
  return ledger.openMoves().some(({ task }) => task.id === id);
}

const NOWHERE = { kind: 'unroutable', because: 'no-fleet' } as const;

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

function repeated(engine: Engine, offer: Offer, fleet: string, record: TaskRecord): SubmitOutcome {
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

/** The next step of the fallback chain for a queue that refuses, at a fleet that has not refused it before. */
function nextOf(engine: Engine, offer: Offer, place: Omit<Place, 'build'>): Place | undefined {
  const { table } = engine.tables.compiled;
  const sticky = offer.decision.keys.affinity ?? offer.submission.key;
  const wait = { waitedMs: 0, reasons: new Set(['rejected' as const]) };
  const view = routingView(engine);
  let next: Place | undefined;
  do {
    const tried: number = (next ?? place).fallbackStep;
    next = nextPlace(table, place.route, offer.task, sticky, view, { ...wait, tried });
  } while (next !== undefined && (next.fleet === place.fleet || offer.left.has(next.fleet)));
  return next;
}

/** Leaves word at the fleet that does not take it where it went, so that a repetition finds it; then promises it there. */
async function offerElsewhere(engine: Engine, offer: Offer, from: string, place: Place): Promise<SubmitOutcome> {
  const { id, digest } = offer;
  const { compiled } = engine.tables;
  const state = engine.fleets.get(from);
  if (state === undefined) return NOWHERE;
  // The word would end one that is open there, whoever runs it.
  const before = await find(engine, id);
  if (before !== undefined) return repeated(engine, offer, before.state.fleet, before.reply.record);
  // Word cannot be taken back: a repetition is placed by the table that has come into force.
  if (engine.tables.compiled !== compiled) return { kind: 'unavailable', retryAfterMs: RETRY_AFTER_MS };
  const end = { state: 'moved', token: 0, digest, reason: movedReason(place.fleet), result: '' } as const;
  const reply = await state.link.ask({ op: 'finish', id, ...end });
  if (reply.kind === 'already' || reply.kind === 'stale') {
    const way = await wayEnd(engine, id);
    if (isFound(way)) return repeated(engine, offer, way.state.fleet, way.reply.record);
    if (way === undefined) return NOWHERE;
    // The same submission at another scheduler: its word leads elsewhere, and is the one that holds.
    if (way.state.fleet !== place.fleet) return offerThere(engine, { ...offer, left: way.left }, way.state.fleet);
  }
  const lsn = engine.ledger.end(from, id, end);
  state.link.recorded(lsn);
  await engine.ledger.durable(lsn);
  const now: Offer = { ...offer, left: new Set([...offer.left, from]) };
  return engine.tables.compiled === compiled ? offerTo(engine, now, place) : offerThere(engine, now, place.fleet);
}

function accepted(id: string, place: Place, status: 'accepted' | 'journaled'): SubmitOutcome {
  return { kind: 'accepted', response: response(id, place, status) };
}

function response(id: string, place: Place, status: 'accepted' | 'journaled') {
  return { id, status, fleet: place.fleet, route: place.route.id };
}

/** Of what was not taken: where it would have gone first. */
function placeOf(outcome: SubmitOutcome, way: Way): Of {
  if (outcome.kind !== 'accepted') return way;
  return { fleet: outcome.response.fleet ?? '', route: outcome.response.route ?? '' };
}

function outcomeName({ kind }: SubmitOutcome): 'accepted' | 'invalid' | 'shed' | 'error' {
  if (kind === 'accepted' || kind === 'duplicate') return 'accepted';
  if (kind === 'refused' || kind === 'unavailable') return kind === 'refused' ? 'shed' : 'error';
  return 'invalid';
}
