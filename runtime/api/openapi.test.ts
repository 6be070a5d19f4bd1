import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApi } from './openapi.ts';
import { OPERATIONS } from './operations.ts';
import { problemsOf } from './problems-of.ts';
import { PROBLEMS, PROBLEM_BASE } from './problems.ts';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Json>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

const document = JSON.parse(JSON.stringify(openApi('1.2.3'))) as Document;

test('the document is OpenAPI 3.1, by the standard’s own schema', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)).toEqual({
    valid: true,
  });
  expect(validator.version).toBe('3.1');
  const broken = { ...document, paths: { '/x': { get: { responses: { ok: {} } } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('every reference leads somewhere, and every component is used', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g)];
  const used = new Set(references.map(([, kind, name]) => `${kind}/${name}`));
  const there = Object.entries(document.components)
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, entries]) => Object.keys(entries).map((name) => `${kind}/${name}`));
  expect([...used].sort()).toEqual(there.sort());
});

test('the parameters of each path are exactly those in its braces', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const { operationId, parameters } of Object.values(methods)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(described, operationId).toEqual(named);
    }
  }
});

test('each operation lists the problems it may answer with, by their status', () => {
  const submit = document.paths['/v1/tasks']?.['post'];
  expect(Object.keys(submit?.responses ?? {})).toEqual([
    '200',
    '201',
    '202',
    '400',
    '401',
    '403',
    '408',
    '409',
    '413',
    '415',
    '422',
    '429',
    '431',
    '500',
    '503',
  ]);
  expect(submit?.responses['409']).toEqual({ $ref: '#/components/responses/key-conflict.or.duplicate' });
  expect(document.components.responses['key-conflict.or.duplicate']).toEqual({
    description: 'This idempotency key was used for something else; or: The same work is under way',
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { type: { enum: [`${PROBLEM_BASE}key-conflict`, `${PROBLEM_BASE}duplicate`] } } },
          ],
        },
      },
    },
  });
  expect(document.components.responses['unavailable']).toMatchObject({
    headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
  });
});

test('every problem is what some operation says, or comes before one is known', () => {
  const said = new Set(OPERATIONS.flatMap((operation) => problemsOf(operation)));
  const unsaid = Object.keys(PROBLEMS).filter((name) => !said.has(name as keyof typeof PROBLEMS));
  expect(unsaid).toEqual(['method-not-allowed']);
});
