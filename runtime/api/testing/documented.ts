import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApi } from '../openapi.ts';
import { OPERATIONS } from '../operations.ts';

const DOCUMENT = openApi('0.0.0-test') as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Shape>> }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Shape>> };
};

interface Shape {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ ...DOCUMENT, $id: 'api:document' });
const compiled = new Map<object, ValidateFunction>();
const anyProblem = { $ref: '#/components/schemas/Problem' };

/** What is wrong with an answer by the API's own document; an empty text when nothing is. */
export function undocumented(method: string, url: string, answer: Answered): string {
  const [path = ''] = url.split('?');
  const operation = OPERATIONS.find((one) => one.method === method && patternOf(one.path).test(path));
  if (operation === undefined) return answer.status < 400 ? '' : fits(answer, 'application/problem+json', anyProblem);
  const responses = DOCUMENT.paths[operation.path]?.[method.toLowerCase()]?.responses ?? {};
  const shape = resolved(responses[String(answer.status)]);
  if (shape === undefined) return `${operation.id} does not document ${answer.status}`;
  const needed = Object.keys(shape.headers ?? {}).find((name) => !answer.headers.has(name));
  if (needed !== undefined) return `${operation.id} answers ${answer.status} without ${needed}`;
  const [type, { schema } = { schema: {} }] = Object.entries(shape.content ?? {})[0] ?? [''];
  return fits(answer, type, schema);
}

export interface Answered {
  readonly status: number;
  readonly headers: Pick<Headers, 'get' | 'has'>;
  readonly text: string;
}

function fits({ headers, text }: Answered, type: string, schema: object): string {
  const given = headers.get('content-type') ?? 'nothing';
  if (given.split(';')[0] !== type) return `it is of ${given}, not of ${type}`;
  const values = type === 'text/event-stream' ? eventsIn(text) : [JSON.parse(text) as unknown];
  const check = checkOf(schema);
  const wrong = values.find((value) => !check(value));
  return wrong === undefined ? '' : `${JSON.stringify(wrong)}: ${ajv.errorsText(check.errors)}`;
}

function eventsIn(text: string): readonly unknown[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown);
}

function resolved(shape: Shape | undefined): Shape | undefined {
  const name = shape?.$ref?.replace('#/components/responses/', '');
  return name === undefined ? shape : DOCUMENT.components.responses[name];
}

/** References in it are the document's. */
function checkOf(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api:document#/')) as object;
  const check = ajv.compile(absolute);
  compiled.set(schema, check);
  return check;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
