import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { problemsOf } from './problems-of.ts';
import { PROBLEMS, PROBLEM_BASE, type ProblemName } from './problems.ts';
import { answers, bodies, type Schema } from './schemas.ts';

/** The API as an OpenAPI 3.1 document, from the table that serves it. */
export function openApi(version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nova-Torch scheduler',
      version,
      description:
        'Submits tasks, hands them to agents, and tells what became of them. Bodies are I-JSON (RFC 7493): no name twice, no half characters, no numbers that lose digits. Problems are RFC 9457 documents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { mesh: [] }],
    paths,
    components: {
      schemas: { ...bodies, ...answers },
      responses: refusals(OPERATIONS),
      headers: {
        RetryAfter: {
          description: 'Seconds until it makes sense to come back',
          schema: { type: 'integer', minimum: 1 },
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A ServiceAccount token, an OIDC token, or the development token',
        },
        mesh: { type: 'mutualTLS', description: "The caller's identity in the mesh" },
      },
    },
  };
}

function describe(operation: Operation): Schema {
  const { id, summary, roles, body, answer, status, streams } = operation;
  const content = { [streams === true ? 'text/event-stream' : 'application/json']: { schema: reference(answer) } };
  return {
    operationId: id,
    summary,
    description: `For: ${roles.join(', ')}.${streams === true ? ' `data` of each event is of the schema below.' : ''}`,
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: { required: isRequired(body), content: { 'application/json': { schema: reference(body) } } },
    }),
    responses: {
      ...Object.fromEntries(status.map((code) => [String(code), { description: MEANING[code] ?? 'Done', content }])),
      ...Object.fromEntries([...byStatus(operation)].map(([status, names]) => [status, refusalReference(names)])),
    },
  };
}

const MEANING: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Accepted: in the journal and in the store',
  202: 'Accepted; what follows comes later',
};

/** Every set of problems that some operation has at one status, as a response. */
function refusals(operations: readonly Operation[]): Readonly<Record<string, Schema>> {
  const sets = operations.flatMap((operation) => [...byStatus(operation).values()]);
  const named = new Map(sets.map((names) => [nameOf(names), refusal(names)]));
  return Object.fromEntries([...named].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function byStatus(operation: Operation): ReadonlyMap<string, readonly ProblemName[]> {
  const found = new Map<number, ProblemName[]>();
  for (const name of problemsOf(operation)) {
    const [status] = PROBLEMS[name];
    found.set(status, [...(found.get(status) ?? []), name]);
  }
  return new Map([...found].sort(([left], [right]) => left - right).map(([status, names]) => [String(status), names]));
}

function refusalReference(names: readonly ProblemName[]): Schema {
  return { $ref: `#/components/responses/${nameOf(names)}` };
}

function nameOf(names: readonly ProblemName[]): string {
  return names.join('.or.');
}

function refusal(names: readonly ProblemName[]): Schema {
  const later = names.some((name) => PROBLEMS[name][0] === 429 || PROBLEMS[name][0] === 503);
  const types = { properties: { type: { enum: names.map((name) => `${PROBLEM_BASE}${name}`) } } };
  return {
    description: names.map((name) => PROBLEMS[name][1]).join('; or: '),
    ...(later && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
    content: { 'application/problem+json': { schema: { allOf: [reference('Problem'), types] } } },
  };
}

function parametersOf({ params = {}, query = {}, needs = [], headers = {} }: Operation): readonly Schema[] {
  return [
    ...Object.entries(params).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: needs.includes(name), schema })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    })),
  ];
}

/** Whether a body must be sent: one without required fields may be left out. */
export function isRequired(body: keyof typeof bodies): boolean {
  return 'required' in bodies[body];
}

function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
