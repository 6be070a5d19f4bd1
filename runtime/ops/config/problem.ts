import type { ErrorObject } from 'ajv';
import type { PlacedField } from './field.ts';
import type { ConfigProblem } from './read-config.ts';

/** What the validator says, in our words, with its place. The value is repeated only where it can be no secret. */
export function problemOf(
  error: ErrorObject,
  at: (path: readonly string[]) => string,
  fields: readonly PlacedField[],
): ConfigProblem {
  const path = error.instancePath.split('/').slice(1);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties') {
    const extra = String(params['additionalProperty']);
    const place = [...path, extra];
    return { at: at(place), message: `there is no setting \`${place.join('.')}\`${hint(path, extra, fields)}` };
  }
  const name = path.length === 0 ? 'the configuration' : `\`${path.join('.')}\``;
  return { at: at(path), message: `${name} must be ${expectation(error, params, fields, path)}` };
}

function hint(path: readonly string[], extra: string, fields: readonly PlacedField[]): string {
  const here = fields.filter((field) => field.path.slice(0, -1).join('.') === path.join('.'));
  const secret = here.find(({ key, field }) => field.secret === true && key.at(-1) === extra);
  if (secret !== undefined) return `: put the secret into a file and name it in \`${secret.path.join('.')}\``;
  const names = new Set(
    fields
      .filter((field) => path.every((part, index) => field.path[index] === part))
      .map((field) => field.path[path.length]),
  );
  return `; there are ${[...names].join(', ')}`;
}

function expectation(
  { keyword }: ErrorObject,
  params: Readonly<Record<string, unknown>>,
  fields: readonly PlacedField[],
  path: readonly string[],
): string {
  switch (keyword) {
    case 'type':
      return WORDS[String(params['type'])] ?? String(params['type']);
    case 'enum':
      return `one of ${(params['allowedValues'] as readonly string[]).join(', ')}`;
    case 'minimum':
      return `at least ${String(params['limit'])}`;
    case 'maximum':
      return `at most ${String(params['limit'])}`;
    case 'minLength':
      return 'not empty';
    case 'maxLength':
      return `at most ${String(params['limit'])} characters`;
    case 'pattern': {
      const schema = fields.find((field) => field.path.join('/') === path.join('/'))?.field.schema;
      return String((schema as Readonly<Record<string, unknown>> | undefined)?.['x-form']);
    }
    default:
      throw new Error(`nothing says what ${keyword} means`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
  object: 'a group of settings',
};
