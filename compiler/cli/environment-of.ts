import type { EnvironmentModel, Model } from '../core/model.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { meant, UsageError } from './usage.ts';
import { sure } from '../../spec/contract/sure.ts';

/** The environment of that name; the last one in promotion order when none is named. Throws UsageError where there is none. */
export function environmentOf({ environments }: Model, name: string | undefined): EnvironmentModel {
  if (name === undefined) return sure(environments.at(-1), 'an environment of a sound spec');
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw unknownEnvironment(
    name,
    environments.map((environment) => environment.name),
  );
}

export function unknownEnvironment(name: string, names: readonly string[]): UsageError {
  return new UsageError(`there is no environment \`${name}\``, [
    ...meant(nearest(name, names)),
    `there is ${names.map((each) => `\`${each}\``).join(', ')}`,
  ]);
}
