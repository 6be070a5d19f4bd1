import type { Operation } from './operations.ts';
import type { ProblemName } from './problems.ts';

/** Every problem an operation may answer with: those of its shape, and its own. */
export function problemsOf({ params, query, headers, body, problems = [] }: Operation): readonly ProblemName[] {
  const asked = params !== undefined || query !== undefined || headers !== undefined || body !== undefined;
  return [
    ...(asked ? (['bad-request'] as const) : []),
    'unauthorized',
    'forbidden',
    ...(params === undefined ? [] : (['not-found'] as const)),
    ...(body === undefined ? [] : (['invalid-body'] as const)),
    'too-large',
    'unsupported-media-type',
    ...problems,
    'internal',
    'unavailable',
  ];
}
