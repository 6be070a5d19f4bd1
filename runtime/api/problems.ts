import type { Problem } from '../../spec/contract/protocol.ts';

/** Everything the API refuses with, once: title and status belong to the type. See `docs/problems.md`. */
export const PROBLEMS = {
  'bad-request': [
    400,
    'The request cannot be read',
    'Its JSON, a parameter or a header is not of the form that is asked for.',
  ],
  'which-team': [400, 'You are of several teams', 'Name the one that is meant with the header `nova-team`.'],
  'invalid-body': [422, 'The body does not fit', '`errors` names each place by JSON pointer and what is wrong there.'],
  'invalid-input': [
    422,
    'The input does not fit the task type',
    'The fleet declares a schema for it; `errors` names each place.',
  ],
  'invalid-result': [
    422,
    'The result does not fit the task type',
    'The fleet declares a schema for it; `errors` names each place.',
  ],
  'no-route': [422, 'No route takes this task', 'No rule of the routing table matches its type, labels and input.'],
  'no-fleet': [422, 'A route takes this task, but none of its fleets can', 'Ask the owners of the route.'],
  unauthorized: [401, 'Who calls is not known', 'Send a token or use a mesh identity that this scheduler accepts.'],
  forbidden: [403, 'This is not yours to do', 'Your roles do not include this operation.'],
  'not-found': [404, 'There is no such thing', 'It never was, is forgotten, or belongs to somebody else.'],
  'method-not-allowed': [405, 'This path does not do that', 'See `Allow`.'],
  'key-conflict': [409, 'This idempotency key was used for something else', 'Use a new key for a new task.'],
  duplicate: [409, 'The same work is under way', 'The route refuses duplicates; `detail` names the other task.'],
  stale: [409, 'Somebody else holds the task', 'The lease ran out, or the task has ended; drop what you did.'],
  'not-now': [409, 'Its state does not allow this', '`detail` names the state.'],
  'too-slow': [408, 'The request came too slowly', 'Its headers or its body were not there in time.'],
  'too-large': [413, 'The request is too large', 'Large things go by reference.'],
  'unsupported-media-type': [415, 'Only JSON is read', 'Send `content-type: application/json`, uncompressed.'],
  'too-many-requests': [429, 'Too many requests', 'Come back after `Retry-After` seconds.'],
  'queue-full': [429, 'The queue of the route is full', 'Come back after `Retry-After` seconds.'],
  'headers-too-large': [431, 'The headers are too large', 'Send fewer or shorter ones.'],
  internal: [500, 'Our mistake', 'It is logged under the request id; please report it.'],
  unavailable: [
    503,
    'Not now',
    'The store is away, this scheduler is ending, or another one that may have the task is away: `detail` names it. Nothing was changed; try again after `Retry-After`.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, about: string]>;

export type ProblemName = keyof typeof PROBLEMS;

export const PROBLEM_BASE = 'https://nova-torch.dev/problems/';

/** Thrown by handlers and answered as it is. */
export class ProblemError extends Error {
  readonly problem: ProblemName;
  readonly detail: string | undefined;
  readonly errors: Problem['errors'];
  readonly retryAfterMs: number | undefined;

  constructor(
    problem: ProblemName,
    more: { readonly detail?: string; readonly errors?: Problem['errors']; readonly retryAfterMs?: number } = {},
  ) {
    super(more.detail ?? PROBLEMS[problem][1]);
    this.name = 'ProblemError';
    this.problem = problem;
    this.detail = more.detail;
    this.errors = more.errors;
    this.retryAfterMs = more.retryAfterMs;
  }
}

export function problemDocument({ problem, detail, errors }: ProblemError, instance: string): Problem {
  const [status, title] = PROBLEMS[problem];
  return {
    type: `${PROBLEM_BASE}${problem}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    instance,
    ...(errors !== undefined && errors.length > 0 && { errors }),
  };
}
