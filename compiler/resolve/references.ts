import type { Place } from '../core/origin.ts';
import type { Code, Params } from '../diagnostics/catalog.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { spanOf } from '../core/origin.ts';
import type { Kind, SpecDocument } from '../load/document.ts';
import type { SpecContext } from './context.ts';

/** Reports a problem once, however many environments meet it. */
export function once(report: Report): Report {
  const seen = new Set<string>();
  return <C extends Code>(code: C, at: Place, params: Params<C>, details?: Details) => {
    const span = spanOf(at);
    const key = `${code} ${span.file}:${span.start}:${span.end} ${JSON.stringify(params)}`;
    if (!seen.has(key)) report(code, span, params, details);
    seen.add(key);
  };
}

/** `did you mean ...?` under the caret, where a name is near. */
export function didYouMean(word: string, candidates: Iterable<string>): Details {
  const meant = nearest(word, candidates);
  return meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
}

/** The id of a fleet that a document of `team` calls `ref`. */
export function fleetId(ref: string, team: string): string {
  return ref.includes('/') ? ref : `${team}/${ref}`;
}

/** The id a reference leads to; nothing when there is no such fleet, which was reported. */
export function findFleet(context: SpecContext, ref: string, team: string, at: Place): string | undefined {
  const id = fleetId(ref, team);
  if (context.find('Fleet', id) !== undefined || context.isBroken('Fleet', id)) return id;
  const details = didYouMean(ref, fleetNames(context, team));
  context.report('NT2001', at, { fleet: ref }, details);
  return undefined;
}

/** Fleets as a document of `team` may name them. */
function fleetNames(context: SpecContext, team: string): string[] {
  return context.of('Fleet').flatMap(({ id, name, team: owner }) => (owner === team ? [name, id] : [id]));
}

/** A document of the team, or of the company, by its name. */
export function findShared(context: SpecContext, kind: Kind, name: string, team: string): SpecDocument | undefined {
  return context.find(kind, `${team}/${name}`) ?? context.find(kind, name);
}

/** Names of documents of a kind that a document of `team` may use. */
export function sharedNames(context: SpecContext, kind: Kind, team: string): string[] {
  return context
    .of(kind)
    .flatMap((document) => (document.team === undefined || document.team === team ? document.name : []));
}

/** Whether a document of that name was written but is not valid. */
export function isSharedBroken(context: SpecContext, kind: Kind, name: string, team: string): boolean {
  return context.isBroken(kind, `${team}/${name}`) || context.isBroken(kind, name);
}
