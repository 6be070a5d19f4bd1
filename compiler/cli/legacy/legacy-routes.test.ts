import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../spec/contract/expression-evaluate.ts';
import { parseExpression } from '../../../spec/contract/expression-parser.ts';
import { routesOf } from './legacy-routes.ts';
import type { LegacyFleet } from './read-legacy.ts';

const SKILLS = ['go', 'python', 'sql', 'testing', 'ui'] as const;

const skills = fc.subarray([...SKILLS]);
const fleets = fc
  .uniqueArray(skills, { minLength: 1, maxLength: 5, selector: (list) => list.join() })
  .map((lists) => lists.map((list, index): LegacyFleet => fleetWith(`fleet-${index}`, list)));

function fleetWith(name: string, list: readonly string[]): LegacyFleet {
  return { name, role: 'dev', agents: [name], skills: list, slots: 1, memoryMb: 512, cpuPercent: 50 };
}

/** The fleets of the first route that takes a task, as the scheduler tries them. */
function taking(all: readonly LegacyFleet[], required: readonly string[]): readonly string[] | undefined {
  const task = { task: 'testing', tenant: 'a', labels: {}, input: { required_skills: [...required] } };
  const route = routesOf(all).find(({ where }) => where === undefined || holds(where, task));
  return route?.fleets.map(({ name }) => name);
}

function holds(where: string, task: Parameters<typeof evaluate>[1]): boolean {
  const parsed = parseExpression(where);
  if (!('expression' in parsed)) throw new Error(`no condition: ${where}`);
  return evaluate(parsed.expression, task);
}

test('a task goes to all fleets that have every skill it asks for, and to no other', () => {
  fc.assert(
    fc.property(fleets, skills, (all, required) => {
      const able = all
        .filter((fleet) => required.every((skill) => fleet.skills.includes(skill)))
        .map(({ name }) => name);
      const known = required.filter((skill) => all.some((fleet) => fleet.skills.includes(skill)));
      // A skill that nobody has is refused by the schema of the task.
      fc.pre(known.length === required.length);
      expect(taking(all, required)).toEqual(able.length === 0 ? undefined : able);
    }),
  );
});

test('the sample of a route leads to it', () => {
  fc.assert(
    fc.property(fleets, (all) => {
      for (const route of routesOf(all))
        expect(taking(all, route.sample)).toEqual(route.fleets.map(({ name }) => name));
    }),
  );
});
