import { decodeEntry, type JournalEntry } from '../loops/journal-entry.ts';
import type { Journal } from '../journal/journal.ts';
import type { Applied, Batch, Gap, Operation, Reply, Store } from '../store/store.ts';
import { NotReached } from '../loops/push-call.ts';
import type { Mutant } from './host.ts';

/**
 * Bugs that schedulers have had, planted where a scheduler meets its store, its disk or the agents that it calls. A simulation that
 * does not see them is worth nothing: a test runs each until it is found.
 */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'acknowledges before the disk has it': {
    journal: (journal) => journalWith(journal, { durable: () => Promise.resolve() }),
  },
  'forgets submissions in its journal': { journal: (journal) => without(journal, ({ kind }) => kind === 'submit') },
  'forgets ends in its journal': { journal: (journal) => without(journal, ({ kind }) => kind === 'end') },
  'forgets moves in its journal': { journal: (journal) => without(journal, ({ kind }) => kind === 'moved') },
  'forgets that it took an end back': { journal: (journal) => without(journal, ({ kind }) => kind === 'unend') },
  'forgets in its journal how tasks stand': { journal: (journal) => without(journal, ({ kind }) => kind === 'stand') },
  'forgets in its journal whose end was asked for': {
    journal: (journal) => without(journal, ({ kind }) => kind === 'cancel'),
  },
  'forgets in its journal what holds for a fleet': {
    journal: (journal) => without(journal, ({ kind }) => kind === 'switch'),
  },
  'forgets in its journal that a move was begun': {
    journal: (journal) => without(journal, ({ kind }) => kind === 'move'),
  },
  'forgets which tokens it handed out when it crashes': {
    journal: (journal) => without(journal, (entry) => entry.kind === 'life' && entry.tokensBelow !== undefined),
  },
  'gives the numbers of lost records again': { journal: (journal) => journalWith(journal, { raise: () => undefined }) },
  'does not see that the store is elsewhere': { store: (store) => storeWith(store, () => undefined, atAnyPosition) },
  'tells no store which tokens it has seen': { store: (store) => storeWith(store, () => undefined, withoutFloor) },
  'claims before all have replayed': {
    store: (store) => storeWith(store, (op) => (op.op === 'begin' ? noHold : undefined)),
  },
  'ends the hold for all': {
    store: (store) =>
      storeWith(store, (op) => (op.op === 'end' ? { ...op, schedulers: op.schedulers.slice(0, 1) } : undefined)),
  },
  'looks at no lease that runs out': {
    store: (store) => storeWith(store, (op) => (op.op === 'tick' ? nothing : undefined)),
  },
  'sets no limits': {
    store: (store) => storeWith(store, (op) => (op.op === 'policy' ? { ...op, routes: [] } : undefined)),
  },
  'completes whoever asks': { store: (store) => storeWith(store, () => undefined, asWhoHolds) },
  'cancels nothing that waits': {
    store: (store) =>
      storeWith(store, (op) => (op.op === 'cancel' ? { op: 'get', id: op.id } : undefined), asCancelled),
  },
  'replays what it lost as less urgent than it was': {
    store: (store) =>
      storeWith(store, (op, batch) =>
        op.op === 'submit' && isReplay(op, batch) ? { op: 'submit', task: { ...op.task, priority: 'low' } } : undefined,
      ),
  },
  'tells no shard its limits': {
    store: (store) => storeWith(store, (op) => (op.op === 'policy' ? nothing : undefined)),
  },
  'gives no moved task to the other shard': {
    store: (store) => storeWith(store, (op) => (isMoved(op) ? nothing : undefined)),
  },
  'forgets submissions that were refused': { journal: (journal) => without(journal, ({ kind }) => kind === 'void') },
  'never retries': {
    store: (store) =>
      storeWith(store, (op) => (op.op === 'fail' && op.then === 'retry' ? { ...op, delayMs: 86_400_000 } : undefined)),
  },
  'asks nobody who may have what the store lacks': { store: (store) => storeWith(store, () => undefined, allPresent) },
  'takes whatever has its key for its own': { store: asItsOwn },
  'tells nobody which agents are to go': {
    store: (store) =>
      storeWith(store, (op) => (op.op === 'switch' && op.name.startsWith('leave:') ? nothing : undefined)),
  },
  'takes what a proxy says for the word of an agent': {
    push:
      (call) =>
      async (...asked) => ({ ...(await call(...asked)), isUnbegun: true }),
  },
  'takes nobody for no answer': {
    push:
      (call) =>
      (...asked) =>
        call(...asked).catch((error: unknown) => {
          throw error instanceof NotReached ? new TypeError('fetch failed') : error;
        }),
  },
  'acknowledges before its peer has the mirror': {
    mirror: (copy) => ({
      begin: (parts) => copy.begin(parts),
      take: (batch) => {
        void copy.take(batch);
        return Promise.resolve();
      },
    }),
  },
  'says that it has a mirror before its disk has': {
    mirrorFiles: (files) => ({
      ...files,
      append: async (path) => ({ ...(await files.append(path)), sync: () => Promise.resolve() }),
    }),
  },
  'takes no answer for nobody': {
    push:
      (call) =>
      (...asked) =>
        call(...asked).catch((error: unknown) => {
          throw new NotReached(error instanceof Error ? error : new Error(String(error)));
        }),
  },
  'replays nothing': {
    store: (store) => storeWith(store, (op, batch) => (isReplay(op, batch) ? nothing : undefined)),
  },
};

/**
 * Bugs of which no submitter and no agent is told anything wrong, and why. They are planted all the same, so that a reason
 * that no longer holds shows.
 */
export const EQUIVALENT: Readonly<Record<string, { readonly because: string; readonly mutant: Mutant }>> = {
  'asks nobody what a lost answer had handed out': {
    because: 'the leases run out by themselves: the tasks start a little later, and a crash is counted',
    mutant: {
      store: (store) => storeWith(store, (op) => (op.op === 'claimed' ? { op: 'claimed', number: 0 } : undefined)),
    },
  },
  'does not see that a shard has applied fewer batches than it has seen': {
    because:
      'a scheduler sees a beat with a batch of its own, and the shard keeps the number of that: what is behind the beat has ' +
      'forgotten the number',
    mutant: { store: (store) => storeWith(store, () => undefined, atAnyBeat) },
  },
  'does not see that a connection is a new one': {
    because:
      'a store that has lost something is at another position or has seen fewer batches, and refuses the next one; a new ' +
      'connection only says so sooner',
    mutant: { store: (store) => ({ ...store, connections: () => 1 }) },
  },
};

/**
 * Bugs that show when more comes together than any seed has brought, or one in a thousand. A test shows each with a journal that
 * holds all kinds of records, or with what it takes: `journal-mutants.test.ts`.
 */
export const SHOWN_BY_A_JOURNAL: readonly string[] = [
  'forgets that it took an end back',
  'forgets in its journal whose end was asked for',
  'forgets in its journal what holds for a fleet',
  'forgets in its journal that a move was begun',
  'forgets submissions that were refused',
];

const noHold: Operation = { op: 'begin', holdMs: 0 };
/** An operation that changes nothing. */
const nothing: Operation = { op: 'inspect', lanes: [] };

/** A submission that comes from another shard has waited there already: it has no further place to go to. */
function isMoved(operation: Operation): boolean {
  return operation.op === 'submit' && operation.task.noticeMs === 0;
}

/** A submission that says when it was accepted is a replay. */
function isReplay(operation: Operation, _batch: Batch): boolean {
  return operation.op === 'submit' && operation.task.acceptedMs !== undefined;
}

type Change = (operation: Operation, batch: Batch) => Operation | undefined;
type Apply = (store: Store, shard: Parameters<Store['apply']>[0], batch: Batch) => Promise<Applied | Gap>;

function storeWith(store: Store, change: Change, apply: Apply = (to, shard, batch) => to.apply(shard, batch)): Store {
  return {
    ...store,
    apply: async (shard, batch) => {
      const operations = batch.operations.map((operation) => change(operation, batch) ?? operation);
      const answer = await apply(store, shard, { ...batch, operations });
      if (answer.kind === 'gap') return answer;
      // Whoever asked gets an answer of the kind that belongs to the question.
      return {
        ...answer,
        replies: answer.replies.map((reply, at) => fitting(batch.operations[at], operations[at], reply)),
      };
    },
  };
}

function fitting(asked: Operation | undefined, sent: Operation | undefined, reply: Reply): Reply {
  if (asked === sent || asked === undefined || asked.op === sent?.op) return reply;
  if (asked.op === 'tick') return { kind: 'ticked', events: [], switches: new Map() };
  return asked.op === 'submit' ? { kind: 'accepted' } : { kind: 'ok' };
}

/** Sends the batch to wherever the shard is. */
async function atAnyPosition(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  const answer = await store.apply(shard, batch);
  if (answer.kind !== 'gap' || batch.prevLsn === -1) return answer;
  const { position, number } = answer;
  return store.apply(shard, {
    ...batch,
    beat: 0,
    after: number,
    prevLsn: position,
    lsn: Math.max(position, batch.lsn),
  });
}

function atAnyBeat(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  return store.apply(shard, { ...batch, beat: 0 });
}

function withoutFloor(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  return store.apply(shard, { ...batch, tokenFloor: 0 });
}

/** Whatever was asked about is said to be cancelled. */
async function asCancelled(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  const answer = await store.apply(shard, batch);
  if (answer.kind === 'gap') return answer;
  const replies = answer.replies.map((reply, at): Reply => {
    if (batch.operations[at]?.op !== 'get' || reply.kind !== 'task') return reply;
    return { kind: 'done', record: { ...reply.record, state: 'cancelled' } };
  });
  return { ...answer, replies };
}

/** Every task that it has submitted has the input that it has submitted. */
function asItsOwn(store: Store): Store {
  const digests = new Map<string, string>();
  const own = (reply: Reply): Reply => {
    if (reply.kind !== 'known' && reply.kind !== 'task') return reply;
    const { record } = reply;
    return { ...reply, record: { ...record, digest: digests.get(record.id) ?? record.digest } };
  };
  return storeWith(
    store,
    () => undefined,
    async (to, shard, batch) => {
      for (const op of batch.operations) if (op.op === 'submit') digests.set(op.task.id, op.task.digest);
      const answer = await to.apply(shard, batch);
      return answer.kind === 'gap' ? answer : { ...answer, replies: answer.replies.map(own) };
    },
  );
}

/** All have always said that they lack nothing. */
async function allPresent(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  const answer = await store.apply(shard, batch);
  if (answer.kind === 'gap') return answer;
  const replies = answer.replies.map((reply): Reply => {
    return reply.kind === 'present' ? { ...reply, beats: reply.beats.map(() => Number.MAX_SAFE_INTEGER) } : reply;
  });
  return { ...answer, replies };
}

/** Completes with the token of whoever holds the task. */
async function asWhoHolds(store: Store, shard: Parameters<Store['apply']>[0], batch: Batch): Promise<Applied | Gap> {
  const completes = batch.operations.filter((operation) => operation.op === 'complete');
  if (completes.length === 0) return store.apply(shard, batch);
  const { prevLsn } = batch;
  const asks = completes.map(({ id }): Operation => ({ op: 'get', id }));
  const looked = await store.apply(shard, { ...batch, lsn: prevLsn, operations: asks });
  if (looked.kind === 'gap') return looked;
  const tokens = new Map(
    looked.replies.flatMap((reply) => (reply.kind === 'task' ? [[reply.record.id, reply.record.token]] : [])),
  );
  const operations = batch.operations.map((operation) =>
    operation.op === 'complete' ? { ...operation, token: tokens.get(operation.id) ?? operation.token } : operation,
  );
  return store.apply(shard, { ...batch, operations });
}

function journalWith(journal: Journal, changes: Partial<Journal>): Journal {
  return Object.create(journal, Object.getOwnPropertyDescriptors(changes)) as Journal;
}

/** A journal that does not give back the records of a kind. */
function without(journal: Journal, isLost: (entry: JournalEntry) => boolean): Journal {
  return journalWith(journal, {
    async *read(afterLsn: number) {
      for await (const record of journal.read(afterLsn)) if (!isLost(decodeEntry(record.payload))) yield record;
    },
  });
}
