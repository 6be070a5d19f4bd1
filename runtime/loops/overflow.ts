import { nextPlace } from '../core/route-decision.ts';
import type { Place } from '../core/new-task.ts';
import type { Engine } from './engine.ts';
import type { Offer } from './offer.ts';
import { routingView } from './view-of-fleets.ts';

/** The next step of the fallback chain for a queue that refuses, at a fleet that has not refused it before. */
export function nextOf(engine: Engine, offer: Offer, place: Omit<Place, 'build'>): Place | undefined {
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
