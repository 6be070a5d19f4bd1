import { route } from '../../spec/contract/match.ts';
import type { Task } from '../../spec/contract/task.ts';
import { CANARY } from '../core/canary.ts';
import { firstPlace } from '../core/route-decision.ts';
import type { Of, Submitted } from '../core/observer.ts';
import type { Submission, SubmitOutcome } from '../core/scheduler.ts';
import { taskId } from '../core/task-id.ts';
import { JournalFull } from '../journal/journal-full.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { admission } from './admit-submission.ts';
import type { Engine } from './engine.ts';
import { RETRY_AFTER_MS, type Offer } from './offer.ts';
import { offerElsewhere, offerTo } from './offer-to.ts';
import { earlierHome } from './offer-words.ts';
import { digestOf } from './submission-digest.ts';
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

async function outcomeOf(engine: Engine, submission: Submission, way: Way): Promise<SubmitOutcome> {
  try {
    return await decide(engine, submission, way);
  } catch (error) {
    if (!(error instanceof JournalFull || error instanceof StoreFailure)) throw error;
    const because =
      error instanceof JournalFull ? 'the journal of this scheduler is full' : 'the store does not answer';
    return { kind: 'unavailable', because, retryAfterMs: RETRY_AFTER_MS };
  }
}

/** Only a task that is offered must be waited for. */
function decide(engine: Engine, submission: Submission, way: Way): SubmitOutcome | Promise<SubmitOutcome> {
  const { tenant, key, request } = submission;
  const { compiled } = engine.tables;
  const task: Task = { task: request.task, tenant, labels: request.labels ?? {}, input: request.input ?? {} };
  const decision = route(compiled, task, { key });
  Object.assign(way, { fleet: decision.fleet ?? '', route: decision.route?.id ?? '' });
  if (engine.stopping)
    return { kind: 'unavailable', because: 'this scheduler is ending', retryAfterMs: RETRY_AFTER_MS };
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
