import type { Place } from '../core/origin.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Details } from '../diagnostics/report.ts';
import type { Kind, SpecDocument } from '../load/document.ts';
import type { SpecContext } from './context.ts';

/** `did you mean ...?` under the caret, where a name is near. */
export function didYouMean(word: string, candidates: Iterable<string>): Details {
  const meant = nearest(word, candidates);
  return meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
}

/** Most names that a message lists. */
const NAMES_MAX = 8;

/** `did you mean ...?`, or all names there are where none is near and they are few. */
export function nearestOrAll(word: string, candidates: readonly string[]): Details {
  const details = didYouMean(word, candidates);
  if (details.label !== undefined || candidates.length === 0 || candidates.length > NAMES_MAX) return details;
  return { notes: [`there are ${candidates.map((name) => `\`${name}\``).join(', ')}`] };
}

/** The id of a fleet that a document of `team` calls `ref`. */
export function fleetId(ref: string, team: string): string {
  return ref.includes('/') ? ref : `${team}/${ref}`;
}

/** The id a reference leads to; nothing when there is no such fleet, which was reported. */
export function findFleet(context: SpecContext, ref: string, team: string, at: Place): string | undefined {
  const id = fleetId(ref, team);
  if (context.find('Fleet', id) !== undefined || context.isBroken('Fleet', id)) return id;
  context.report(
    'NT2001',
    at,
    { fleet: ref },
    { ...didYouMean(ref, fleetNames(context, team)), ...renamed(id, context) },
  );
  return undefined;
}

/** Where a file of the fleet's name holds a fleet of another name, that one may have been called so before. */
function renamed(id: string, context: SpecContext): Details {
  const there = context.of('Fleet').find(({ file }) => file === `spec/teams/${id}.yaml`);
  if (there === undefined) return {};
  return {
    related: [
      { message: `the fleet of this file is called \`${there.name}\``, at: there.locate(['metadata', 'name']) },
    ],
  };
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
