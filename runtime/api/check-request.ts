import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isRequired } from './openapi.ts';
import type { Operation } from './operation.ts';
import { ProblemError } from './problems.ts';
import { bodies, object, type Schema } from './schemas.ts';

/** What a request says, when all of it fits. */
export interface Said {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

/** Compiles what an operation asks for. The check throws a problem for the first part that does not fit. */
export function requestCheck(operation: Operation): (parts: Parts) => Said {
  const { params, query, body, needs = [] } = operation;
  const checkParams = textsCheck(params ?? {});
  const checkQuery = textsCheck(query ?? {});
  const checkBody = bodyCheck(body);
  return (parts) => {
    const given = {
      params: checkParams(parts.params, () => new ProblemError('not-found')),
      query: checkQuery(parts.query, (detail) => new ProblemError('bad-request', { detail })),
    };
    const missing = needs.find((name) => !Object.hasOwn(given.query, name));
    if (missing !== undefined) throw new ProblemError('bad-request', { detail: `\`${missing}\` is missing` });
    return { ...given, body: checkBody(parts.body) };
  };
}

/** Parameters as texts; one that is unknown, twice there or of another form is refused. */
function textsCheck(
  schemas: Readonly<Record<string, Schema>>,
): (given: unknown, refusal: (detail: string) => ProblemError) => Readonly<Record<string, string>> {
  const checks = new Map(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
  return (given, refusal) => {
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries((given ?? {}) as Readonly<Record<string, unknown>>)) {
      const check = checks.get(name);
      if (check === undefined) throw refusal(`there is no parameter of this name; there are ${namesOf(checks)}`);
      const form = formOf(schemas[name] ?? {});
      if (typeof value !== 'string') throw refusal(`\`${name}\` is ${form}, once`);
      if (!check(value)) throw refusal(`\`${name}\` is ${form}`);
      texts[name] = value;
    }
    return texts;
  };
}

/** What a parameter must be, by its schema. */
function formOf({ enum: values, description }: Schema): string {
  if (Array.isArray(values)) return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(values.map(String));
  return typeof description === 'string' ? description : 'a text of another form';
}

function namesOf(checks: ReadonlyMap<string, unknown>): string {
  return checks.size === 0 ? 'none' : [...checks.keys()].join(', ');
}

/** Where an operation takes nothing, a field is one that the caller thinks is heard. */
function bodyCheck(name: keyof typeof bodies | undefined): (body: unknown) => unknown {
  const check: ValidateFunction = ajv.compile(name === undefined ? object({}) : bodies[name]);
  return (body) => {
    if (body === undefined || body === null) {
      if (name !== undefined && isRequired(name))
        throw new ProblemError('bad-request', { detail: 'a JSON body is missing' });
      return {};
    }
    if (check(body)) return body;
    throw new ProblemError('invalid-body', { errors: (check.errors ?? []).slice(0, ERRORS_MAX).map(placed) });
  };
}

const ERRORS_MAX = 20;

function placed({ instancePath, message = 'does not fit', params, keyword }: ErrorObject) {
  const name = (params as { readonly additionalProperty?: string }).additionalProperty;
  if (keyword === 'additionalProperties' && name !== undefined) {
    return {
      pointer: `${instancePath.slice(0, POINTER_MAX)}/${escapePointer(name)}`,
      detail: 'there is no such field',
    };
  }
  return { pointer: instancePath.slice(0, POINTER_MAX), detail: message };
}

const POINTER_MAX = 500;

function escapePointer(name: string): string {
  return name
    .slice(0, 100)
    .replaceAll(/\p{Surrogate}/gu, '?')
    .replaceAll('~', '~0')
    .replaceAll('/', '~1');
}
