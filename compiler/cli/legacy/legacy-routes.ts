import { compareText } from '../../../spec/contract/text.ts';
import type { LegacyFleet } from './read-legacy.ts';

/** Fleets that all can do what a task asks for, and the tasks for which exactly they can. */
export interface LegacyRoute {
  readonly name: string;
  readonly fleets: readonly LegacyFleet[];
  /** That nothing is asked for which one of the fleets cannot do; nothing where all can do all. */
  readonly where?: string;
  /** Skills that lead here and to no route before. */
  readonly sample: readonly string[];
}

/** What one repository can say: fleets of one route, routes, and the length of a condition. */
const FLEETS_MAX = 32;
const ROUTES_MAX = 200;
const CONDITION_MAX = 1024;

/** Why routes cannot say who takes what; nothing when they can. */
export function tooVaried(fleets: readonly LegacyFleet[]): string | undefined {
  if (fleets.length > FLEETS_MAX)
    return `the agents are of ${fleets.length} kinds by role and skills, and a route has at most ${FLEETS_MAX} fleets`;
  const routes = routesOf(fleets);
  if (routes.length <= ROUTES_MAX && routes.every(({ where = '' }) => where.length <= CONDITION_MAX)) return undefined;
  return 'the skills of the agents differ in more ways than routes can tell apart';
}

/**
 * A task named skills, and the predecessor gave it to an agent that had any of them. Here all count: for each set of fleets that a
 * list of skills can lead to there is a route, those with more fleets first, and the first whose fleets can do all takes the task.
 */
export function routesOf(fleets: readonly LegacyFleet[]): readonly LegacyRoute[] {
  const skills = allSkills(fleets);
  return ableSets(fleets, skills)
    .sort((a, b) => b.able.length - a.able.length || compareText(a.sample.join(' '), b.sample.join(' ')))
    .map(({ able, sample }, index) => routeOf(able, sample, skills, index));
}

/** Fleets that can do all of some list of skills, and such a list; all fleets for none. */
interface AbleSet {
  readonly able: readonly LegacyFleet[];
  readonly sample: readonly string[];
}

function ableSets(fleets: readonly LegacyFleet[], skills: readonly string[]): AbleSet[] {
  const sets = new Map<string, AbleSet>([[keyOf(fleets), { able: fleets, sample: [] }]]);
  for (const skill of skills) {
    for (const { able, sample } of [...sets.values()]) {
      // Enough to see that they are too many: each further skill could double them.
      if (sets.size > ROUTES_MAX) break;
      const fewer = able.filter((fleet) => fleet.skills.includes(skill));
      if (fewer.length > 0 && !sets.has(keyOf(fewer)))
        sets.set(keyOf(fewer), { able: fewer, sample: [...sample, skill] });
    }
  }
  return [...sets.values()];
}

export function allSkills(fleets: readonly LegacyFleet[]): readonly string[] {
  return [...new Set(fleets.flatMap(({ skills }) => skills))].sort(compareText);
}

function keyOf(fleets: readonly LegacyFleet[]): string {
  return fleets.map(({ name }) => name).join(' ');
}

function routeOf(
  fleets: readonly LegacyFleet[],
  sample: readonly string[],
  skills: readonly string[],
  index: number,
): LegacyRoute {
  const lacking = skills.filter((skill) => fleets.some((fleet) => !fleet.skills.includes(skill)));
  return {
    name: index === 0 ? 'any-skill' : `skills-${index}`,
    ...{ fleets, sample },
    ...(lacking.length > 0 && { where: lacking.map((skill) => `!('${skill}' in input.required_skills)`).join(' && ') }),
  };
}
