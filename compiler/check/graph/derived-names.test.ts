import { expect, test } from 'vitest';
import { deriveName, fleetNamespace } from '../../core/names.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { derivedNames } from './derived-names.ts';

test('a name that looks like the cut name of another one does not share its namespace', () => {
  const team = `a${'b'.repeat(35)}`;
  const long = `c${'d'.repeat(35)}`;
  const namespace = fleetNamespace(team, long);
  expect(namespace).toHaveLength(63);
  const impostor = namespace.slice(team.length + 2);
  expect(deriveName([team, impostor])).toBe(namespace);
  const fleets = [long, impostor].map((name) => ({ ...fleet(`${team}/${name}`), namespace }));
  const [first = '', second = ''] = [`${team}/${long}`, `${team}/${impostor}`].sort();
  expect(problemsOf(derivedNames, environment({ fleets }))).toEqual([
    {
      at: `fleet:${second}`,
      problem: `error NT2030: \`${second}\` would get the namespace \`${namespace}\`, which is taken`,
      related: [`fleet:${first}: \`${first}\` has it already`],
    },
  ]);
});
