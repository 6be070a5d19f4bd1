import type { Operation } from './operation.ts';
import type { ProblemName } from './problems.ts';

/** Every problem an operation may answer with: those of its shape, and its own. */
export function problemsOf({ method, params, problems = [] }: Operation): readonly ProblemName[] {
  return [
    'bad-request',
    'unauthorized',
    'forbidden',
    ...(params === undefined ? [] : (['not-found'] as const)),
    ...(method === 'POST' ? (['too-slow', 'too-large', 'unsupported-media-type', 'invalid-body'] as const) : []),
    ...problems,
    'too-many-requests',
    'headers-too-large',
    'internal',
    'unavailable',
  ];
}
