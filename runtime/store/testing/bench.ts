import { routeNumber } from '../../../spec/contract/lane-numbers.ts';
import { laneOf } from '../../core/lane.ts';
import { DEFAULT_SETTINGS, type RoutePolicy, type ShardSettings } from '../../core/route-policy.ts';
import type { NewTask, Standing, TaskRecord } from '../../core/task-record.ts';
import type { Applied, Batch, ClaimedTask, Operation, Reply, Shard, Store } from '../store.ts';

/** A store under test, whose clock the test moves. */
export interface Bench {
  readonly store: Store;
  /** Milliseconds since 1970. */
  now: number;
}

export const SHARD: Shard = { fleet: 'research/summarizer', index: 0 };
export const START_MS = 1_800_000_000_000;
/** One lane of one route, which most tests use. */
export const LANE = laneOf('research/nightly', 'v1');
export const OTHER_LANE = laneOf('research/nightly', 'v2');

export function task(id: string, more: Partial<NewTask> = {}): NewTask {
  return {
    id,
    lane: LANE,
    priority: 'normal',
    flow: 'acme',
    cost: 1000,
    delayMs: 0,
    queueMs: 0,
    noticeMs: 0,
    leaseMs: 30_000,
    runMs: 600_000,
    attemptMax: 3,
    retryMs: 1000,
    digest: 'd1',
    body: `{"id":"${id}"}`,
    ...more,
  };
}

export function standing(more: Partial<Standing> = {}): Standing {
  return {
    state: 'waiting',
    token: 5,
    attempts: 1,
    crashes: 0,
    agent: '',
    sinceMs: START_MS,
    dueMs: 0,
    reason: '',
    result: '',
    ...more,
  };
}

export function routePolicy(more: Partial<RoutePolicy> = {}): RoutePolicy {
  return { route: routeNumber('research/nightly'), depth: { max: 1000, onFull: 'reject' }, ...more };
}

/** One scheduler that talks to one shard, and keeps count of its positions. */
export class Talker {
  readonly bench: Bench;
  readonly scheduler: string;
  position = 0;
  number = 1;
  after = 0;
  tokenFloor = 0;

  constructor(bench: Bench, scheduler = 's-1') {
    this.bench = bench;
    this.scheduler = scheduler;
  }

  batch(operations: readonly Operation[]): Batch {
    const { scheduler, position, number, after, tokenFloor } = this;
    return { scheduler, prevLsn: position, lsn: position + 1, number, after, tokenFloor, beat: 0, operations };
  }

  async applied(...operations: readonly Operation[]): Promise<Applied> {
    const batch = this.batch(operations);
    const answer = await this.bench.store.apply(SHARD, batch);
    if (answer.kind === 'gap') throw new Error(`a gap at ${answer.position}`);
    this.applies(batch);
    return answer;
  }

  /** Goes on after a batch that the shard has applied. */
  applies({ lsn, number }: Batch): void {
    this.position = lsn;
    this.after = number;
    this.number = number + 1;
  }

  async run(...operations: readonly Operation[]): Promise<readonly Reply[]> {
    return (await this.applied(...operations)).replies;
  }

  async one(operation: Operation): Promise<Reply> {
    const [reply] = await this.run(operation);
    if (reply === undefined) throw new Error('no reply');
    return reply;
  }

  policy(routes: readonly RoutePolicy[] = [routePolicy()], settings: Partial<ShardSettings> = {}): Promise<Reply> {
    return this.one({ op: 'policy', revision: 'sha256-1', settings: { ...DEFAULT_SETTINGS, ...settings }, routes });
  }

  submit(id: string, more: Partial<NewTask> = {}): Promise<Reply> {
    return this.one({ op: 'submit', task: task(id, more) });
  }

  async claims(agent = 'a-1', count = 1, lanes: readonly number[] = [LANE]): Promise<readonly ClaimedTask[]> {
    const reply = await this.one({ op: 'claim', agent, lanes, count, looks: 32 });
    if (reply.kind !== 'claims') throw new Error(`a claim was answered with ${reply.kind}`);
    return reply.claims;
  }

  /** Ids of what an agent gets. */
  async claim(agent = 'a-1', count = 1, lanes: readonly number[] = [LANE]): Promise<readonly string[]> {
    return (await this.claims(agent, count, lanes)).map(({ record }) => record.id);
  }

  /** Leases the next task and gives its token. */
  async lease(agent = 'a-1'): Promise<{ readonly id: string; readonly token: number }> {
    const [first] = await this.claims(agent);
    if (first === undefined) throw new Error('nothing to claim');
    return { id: first.record.id, token: first.record.token };
  }

  complete(lease: { readonly id: string; readonly token: number }, result = ''): Promise<Reply> {
    return this.one({ op: 'complete', ...lease, result });
  }

  async tick(limit = 100): Promise<readonly string[]> {
    const reply = await this.one({ op: 'tick', limit });
    if (reply.kind !== 'ticked') throw new Error(`a tick was answered with ${reply.kind}`);
    return reply.events.map(({ kind, record }) => `${kind} ${record.id} ${record.state}`);
  }

  async record(id: string): Promise<TaskRecord> {
    const reply = await this.one({ op: 'get', id });
    if (reply.kind !== 'task') throw new Error(`no task ${id}`);
    return reply.record;
  }

  async state(id: string): Promise<string> {
    return (await this.record(id)).state;
  }
}
