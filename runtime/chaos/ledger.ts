/**
 * What was promised and what was seen, kept outside the system that is broken: it never asks that system what happened, but
 * only compares what it says in the end with what everyone heard before.
 *
 * Glossary
 * - offered: somebody wants a task done; nothing is promised yet
 * - accepted: the scheduler has answered 2xx; from here on it must not be lost
 * - finishing: an agent is about to say that it has finished, under a fencing token
 * - answered: the agent was told `done` or `repeated` (its word counts) or something else (it does not)
 */
export interface Ledger {
  note(event: LedgerEvent): void;
  /** Tasks that were accepted, by the number of their offer. */
  accepted(): ReadonlyMap<number, string>;
  offers(): number;
  /** Accepted tasks of which no agent was told that it has finished. */
  unfinished(): readonly string[];
  /** Broken promises that show before the end: two ends, a token of two agents, a task nobody offered. */
  verdict(finals: ReadonlyMap<string, FinalState>): readonly BrokenPromise[];
  history(id: string): readonly string[];
  counts(): LedgerCounts;
}

export type LedgerEvent = { readonly atMs: number } & (
  | { readonly kind: 'offered'; readonly n: number }
  | { readonly kind: 'accepted'; readonly n: number; readonly id: string; readonly how: string }
  | {
      readonly kind: 'assigned';
      readonly n: number;
      readonly id: string;
      readonly token: number;
      readonly agent: string;
      readonly attempt: number;
    }
  | { readonly kind: 'finishing'; readonly id: string; readonly token: number; readonly agent: string }
  | {
      readonly kind: 'answered';
      readonly id: string;
      readonly token: number;
      readonly agent: string;
      readonly answer: string;
    }
);

/** What the system says of a task in the end. */
export interface FinalState {
  /** A state of the API, or `unknown` where it answers 404. */
  readonly state: string;
  /** Token in the result, when there is one. */
  readonly token?: number;
}

export interface BrokenPromise {
  /** `late`: it is still there, and had not ended in time. */
  readonly promise:
    'lost' | 'late' | 'finished twice' | 'taken back' | 'token shared' | 'phantom' | 'two tasks for one offer';
  readonly id: string;
  readonly says: string;
}

export interface LedgerCounts {
  readonly offered: number;
  readonly accepted: number;
  /** Answered 202: from the journal alone. */
  readonly journaled: number;
  readonly assigned: number;
  /** Ends that agents were told to count. */
  readonly finished: number;
  /** Words of agents that came too late and were refused. */
  readonly stale: number;
}

interface TaskHistory {
  readonly events: LedgerEvent[];
  readonly holders: Map<number, string>;
  readonly finishing: Set<number>;
  /** Tokens whose word counts. */
  readonly finished: Set<number>;
}

export function openLedger(): Ledger {
  const offered = new Map<number, number>();
  const accepted = new Map<number, string>();
  const tasks = new Map<string, TaskHistory>();
  const broken: BrokenPromise[] = [];
  const counts = { journaled: 0, assigned: 0, stale: 0 };

  const historyOf = (id: string): TaskHistory => {
    const known = tasks.get(id);
    if (known !== undefined) return known;
    const begun = { events: [], holders: new Map(), finishing: new Set<number>(), finished: new Set<number>() };
    tasks.set(id, begun);
    return begun;
  };
  const accept = ({ n, id, how }: Extract<LedgerEvent, { kind: 'accepted' }>): void => {
    if (how === 'journaled') counts.journaled += 1;
    const before = accepted.get(n);
    if (before !== undefined && before !== id) {
      broken.push({ promise: 'two tasks for one offer', id, says: `offer ${n} was accepted as ${before} before` });
    }
    accepted.set(n, id);
  };
  const assign = ({ n, id, token, agent }: Extract<LedgerEvent, { kind: 'assigned' }>): void => {
    counts.assigned += 1;
    if (!offered.has(n)) broken.push({ promise: 'phantom', id, says: `nobody offered number ${n}` });
    const { holders } = historyOf(id);
    const holder = holders.get(token);
    if (holder !== undefined && holder !== agent) {
      broken.push({ promise: 'token shared', id, says: `token ${token} was given to ${holder} and to ${agent}` });
    }
    holders.set(token, agent);
  };
  const answer = ({ id, token, answer: word, agent }: Extract<LedgerEvent, { kind: 'answered' }>): void => {
    if (word !== 'done' && word !== 'repeated') {
      counts.stale += 1;
      return;
    }
    const { finished } = historyOf(id);
    finished.add(token);
    if (finished.size === 2) {
      const tokens = [...finished].join(' and ');
      broken.push({ promise: 'finished twice', id, says: `the ends under ${tokens} both count; last ${agent}` });
    }
  };

  return {
    note: (event) => {
      if (event.kind === 'offered') {
        offered.set(event.n, event.atMs);
        return;
      }
      historyOf(event.id).events.push(event);
      if (event.kind === 'accepted') accept(event);
      else if (event.kind === 'assigned') assign(event);
      else if (event.kind === 'finishing') historyOf(event.id).finishing.add(event.token);
      else answer(event);
    },
    accepted: () => accepted,
    offers: () => offered.size,
    unfinished: () => [...new Set(accepted.values())].filter((id) => historyOf(id).finished.size === 0),
    verdict: (finals) => {
      const ids = [...new Set(accepted.values())];
      return [...broken, ...ids.flatMap((id) => judge(id, historyOf(id), finals.get(id)))];
    },
    history: (id) => historyOf(id).events.map(describe),
    counts: () => ({
      offered: offered.size,
      accepted: accepted.size,
      ...counts,
      finished: [...tasks.values()].filter(({ finished }) => finished.size > 0).length,
    }),
  };
}

const OPEN: ReadonlySet<string> = new Set(['journaled', 'delayed', 'ready', 'held', 'running']);

/** What the system says in the end against what everyone heard. */
function judge(id: string, { finishing, finished }: TaskHistory, final: FinalState | undefined): BrokenPromise[] {
  if (final === undefined) return [{ promise: 'lost', id, says: 'the system did not say what became of it' }];
  const { state, token } = final;
  const [heard] = finished;
  if (heard !== undefined && (state !== 'succeeded' || token !== heard)) {
    const says = `its end under ${heard} was acknowledged, and now it is ${state}${token === undefined ? '' : ` by ${token}`}`;
    return [{ promise: 'taken back', id, says }];
  }
  if (OPEN.has(state)) return [{ promise: 'late', id, says: `it was accepted, and is still ${state}` }];
  if (state !== 'succeeded') return [{ promise: 'lost', id, says: `it was accepted, and is ${state}` }];
  if (token === undefined || !finishing.has(token)) {
    return [{ promise: 'phantom', id, says: `it has succeeded under ${token ?? 'no token'}, which no agent said` }];
  }
  return [];
}

function describe(event: LedgerEvent): string {
  const { atMs, kind, ...rest } = event;
  const said = Object.entries(rest)
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${name} ${value}`);
  return `${(atMs / 1000).toFixed(3)} s  ${kind}  ${said.join(', ')}`;
}
