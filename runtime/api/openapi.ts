import { OPERATIONS, type Operation } from './operations.ts';
import { PROBLEMS, PROBLEM_BASE } from './problems.ts';
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
        'Submits tasks, hands them to agents, and tells what became of them. Problems are RFC 9457 documents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { mesh: [] }],
    paths,
    components: {
      schemas: { ...bodies, ...answers },
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
    description: `For: ${roles.join(', ')}.`,
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: { required: isRequired(body), content: { 'application/json': { schema: reference(body) } } },
    }),
    responses: {
      ...Object.fromEntries(status.map((code) => [String(code), { description: MEANING[code] ?? 'Done', content }])),
      default: {
        description: `A problem; its type is one of ${Object.keys(PROBLEMS).length} below ${PROBLEM_BASE}`,
        content: { 'application/problem+json': { schema: reference('Problem') } },
      },
    },
  };
}

const MEANING: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Accepted: in the journal and in the store',
  202: 'Accepted; what follows comes later',
};

function parametersOf({ params = {}, query = {}, headers = {} }: Operation): readonly Schema[] {
  return [
    ...Object.entries(params).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
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
