import type { Answer, Call } from './call.ts';
import type { Role } from './identity.ts';
import { TEAM_HEADER } from './ownership.ts';
import type { ProblemName } from './problems.ts';
import { NAME, text, type answers, type bodies, type Schema } from './schemas.ts';

/** One operation of the API: its path, its shapes, who may ask for it, and what it does. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it; a fleet id takes two segments. */
  readonly path: string;
  readonly summary: string;
  /** Any of these may ask. */
  readonly roles: readonly Role[];
  /** What a caller without `operator` or `auditor` is held to. */
  readonly owner: 'tenant' | 'agent' | 'none';
  readonly params?: Readonly<Record<string, Schema>>;
  readonly query?: Readonly<Record<string, Schema>>;
  /** Parameters of the query that must be there. */
  readonly needs?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: keyof typeof bodies;
  readonly answer: keyof typeof answers;
  readonly status: readonly number[];
  /** What it refuses with beyond what every operation of its shape does (`runtime/api/problems-of.ts`). */
  readonly problems?: readonly ProblemName[];
  /** `text/event-stream` of `answer`s. */
  readonly streams?: true;
  /** Verb of the audit log; absent where nothing is changed. */
  readonly audit?: string;
  readonly run: (call: Call) => Promise<Answer>;
}

export const FLEET_PARAMS = { team: text(63, NAME), fleet: text(63, NAME) };
export const WHICH_TEAM = { [TEAM_HEADER]: 'The team that is meant, of a submitter who is in several' };
