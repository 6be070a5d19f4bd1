import { sure } from '../../spec/contract/sure.ts';
import type { Place } from '../core/origin.ts';
import type { Code } from '../diagnostics/catalog.ts';
import type { Report } from '../diagnostics/report.ts';

/** What a rule reports. */
export type Problem = Parameters<Report>;

/** A problem that another one brings along, where both are about the same: the same parameter of their messages, or place. */
interface Consequence {
  readonly of: readonly Code[];
  readonly same: 'route' | 'fleet' | 'task' | 'team' | 'place';
}

/**
 * Problems that say in other words, or of something else, what another one says already. Whoever mends the cause mends these;
 * what they would say besides is said in the next run.
 */
const CONSEQUENCES: Readonly<Partial<Record<Code, readonly Consequence[]>>> = {
  // Arrivals of a task that a route takes and nobody accepts.
  NT2505: [{ of: ['NT5002'], same: 'task' }],
  // A target that the route may not have need not accept its tasks, nor be able to do them.
  NT5003: [{ of: ['NT4001'], same: 'place' }],
  NT5005: [{ of: ['NT4001', 'NT5003'], same: 'place' }],
  NT5004: [{ of: ['NT5003'], same: 'route' }],
  NT5006: [{ of: ['NT5003', 'NT5004', 'NT5005'], same: 'route' }],
  // Of an objective that is none nothing follows.
  NT2526: [{ of: ['NT2520'], same: 'fleet' }],
  // A field that no input has is no field without values.
  NT5007: [{ of: ['NT5012'], same: 'place' }],
  // A fleet without any route has none for its canary.
  NT5032: [{ of: ['NT5001'], same: 'fleet' }],
  // A route that cannot do what it should does not do what its cases expect.
  NT5060: [{ of: ['NT5002', 'NT5003', 'NT5004', 'NT5005', 'NT5006', 'NT5020', 'NT5022', 'NT5030'], same: 'route' }],
};

/** Those of the problems that no other one brings along, in their order. */
export function withoutConsequences(problems: readonly Problem[]): readonly Problem[] {
  const said = new Set<string>();
  for (const problem of problems)
    for (const same of ['route', 'fleet', 'task', 'team', 'place'] as const) said.add(keyOf(problem, problem[0], same));
  return problems.filter((problem) => {
    const consequences = CONSEQUENCES[problem[0]] ?? [];
    return !consequences.some(({ of, same }) => of.some((code) => said.has(keyOf(problem, code, same))));
  });
}

/** Most fleets that a note names. */
const FLEETS_MAX = 3;

/** Problems of several fleets at one place are one: a default, which all of them have, is what is wrong. */
export function withFleetsTogether(problems: readonly Problem[]): readonly Problem[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const [code, at, params] = problem;
    const { fleet, ...others }: Readonly<Record<string, string | number>> = params;
    const key = fleet === undefined ? `${groups.size}` : `${code} ${placeOf(at)} ${JSON.stringify(others)}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].map(together);
}

function together([first, ...others]: readonly Problem[]): Problem {
  const [code, at, params, details = {}] = sure(first, 'the first of a group');
  if (others.length === 0) return [code, at, params, details];
  const fleets = others.map(([, , values]) => `\`${String((values as Readonly<Record<string, unknown>>)['fleet'])}\``);
  const named = fleets.slice(0, FLEETS_MAX).join(', ');
  const rest = fleets.length - FLEETS_MAX;
  const note = `and so for ${rest > 0 ? `${named} and ${rest} more` : named}`;
  // Which environments have it was said of the first only.
  const notes = (details.notes ?? []).filter((one) => !/^(?:in|that is in) `/.test(one));
  return [code, at, params, { ...details, notes: [...notes, note] }];
}

/** What a problem would be found by if its code was this one. */
function keyOf([, at, params]: Problem, code: Code, same: Consequence['same']): string {
  const values: Readonly<Record<string, string | number>> = params;
  return `${code} ${same} ${same === 'place' ? placeOf(at) : String(values[same] ?? NOBODY)}`;
}

/** No name of the spec. */
const NOBODY = '-';

/** A place without the part of it that is meant: a word of a text stands where the text stands. */
function placeOf(at: Place): string {
  if (!('document' in at)) return `${at.file}:${at.start}`;
  return `${at.document.file} ${at.document.locate([]).start} ${JSON.stringify(at.path)}`;
}
