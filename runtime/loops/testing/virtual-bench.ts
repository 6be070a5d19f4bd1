import type { Assignment, TaskView, WhyResponse } from '../../../spec/contract/protocol.ts';
import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { Observer } from '../../core/observer.ts';
import type { RunFailure, SubmitOutcome } from '../../core/scheduler.ts';
import { memoryStore, type MemoryStore } from '../../store/memory/memory-store.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Operation, Store } from '../../store/store.ts';
import type { PushCall } from '../push-call.ts';
import type { RunningScheduler } from '../scheduler.ts';
import { Bench, table } from './bench.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Given {
  readonly task?: string;
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly input?: JsonObject;
  readonly delayMs?: number;
}

interface Asked {
  readonly fleet?: string;
  readonly build?: string;
  readonly free?: number;
  readonly waitMs?: number;
}

/** The whole scheduler over the store in memory, in virtual time: what a field of the routing table does is seen from outside. */
export class VirtualBench {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly #bench: Bench;
  #scheduler: RunningScheduler | undefined;

  readonly #tickMs: number;
  readonly #observer: Observer;
  readonly #push: PushCall | undefined;
  readonly #asked = new Map<Operation['op'], number>();
  /** Nothing reaches the store. */
  isStoreAway = false;
  /** The store says where it is, and takes nothing. */
  isStoreFull = false;

  /** `tickMs`: how often shards are looked at; the rarer, the cheaper are hours. `push`: how agents of push fleets are called. */
  constructor({
    nowMs,
    tickMs = 50,
    observer = {},
    push,
  }: {
    readonly nowMs?: number;
    readonly tickMs?: number;
    readonly observer?: Observer;
    readonly push?: PushCall;
  } = {}) {
    this.#tickMs = tickMs;
    this.#observer = observer;
    this.#push = push;
    this.clock = new VirtualClock(nowMs);
    this.store = memoryStore({ nowUs: () => this.clock.nowMs() * 1000 });
    const apply: Store['apply'] = (shard, batch) => {
      if (this.isStoreAway) return Promise.reject(new StoreFailure('unavailable', 'cut off'));
      if (this.isStoreFull && batch.prevLsn >= 0) return Promise.reject(new StoreFailure('full', 'no room'));
      for (const { op } of batch.operations) this.#asked.set(op, this.asked(op) + 1);
      return this.store.apply(shard, batch);
    };
    this.#bench = new Bench(['s-0'], { ...this.store, apply });
  }

  /** How often the store was asked for this. */
  asked(op: Operation['op']): number {
    return this.#asked.get(op) ?? 0;
  }

  get scheduler(): RunningScheduler {
    if (this.#scheduler === undefined) throw new Error('no scheduler runs');
    return this.#scheduler;
  }

  async start(changes: Partial<RoutingTable> = {}): Promise<void> {
    this.#scheduler = await this.clock.until(
      this.#bench.start('s-0', {
        table: table(changes),
        clock: this.clock,
        observer: this.#observer,
        ...(this.#push !== undefined && { push: this.#push }),
        bounds: { tickMs: this.#tickMs, idleTickMs: 2 * this.#tickMs },
      }),
    );
    await this.clock.pass(10 * this.#tickMs);
  }

  /** Nobody is there for a while; then the same scheduler comes back. */
  async restart(awayMs: number, changes: Partial<RoutingTable> = {}): Promise<void> {
    await this.clock.until(this.scheduler.close());
    await this.clock.pass(awayMs);
    await this.start(changes);
  }

  submit(key: string, { tenant = 'research', task = 'summarize', ...more }: Given = {}): Promise<SubmitOutcome> {
    const request = { task, ...more };
    return this.clock.until(this.scheduler.submit({ tenant, key, subject: tenant, bytes: 10, request }));
  }

  /** Submits what must be accepted; returns its id. */
  async accepted(key: string, given: Given = {}): Promise<string> {
    const outcome = await this.submit(key, given);
    if (outcome.kind !== 'accepted') throw new Error(`${key}: ${JSON.stringify(outcome)}`);
    return outcome.response.id;
  }

  async take(name: string, asked: Asked = {}): Promise<readonly Assignment[]> {
    const { fleet = 'research/summarizer', build = 'v1', free = 1, waitMs = 300 } = asked;
    const request = { build, slots: 8, free, waitMs };
    const answer = this.scheduler.poll({ fleet, name }, request, new AbortController().signal);
    return (await this.clock.until(answer)).tasks;
  }

  /** Ids of the tasks that an agent gets. */
  async taken(name: string, asked: Asked = {}): Promise<readonly string[]> {
    return (await this.take(name, asked)).map(({ id }) => id);
  }

  async complete({ id, token }: Assignment, name: string, result: JsonObject = {}, fleet = 'research/summarizer') {
    return this.clock.until(this.scheduler.complete({ id, token, agent: { fleet, name } }, result));
  }

  async fail({ id, token }: Assignment, name: string, failure: RunFailure, fleet = 'research/summarizer') {
    return this.clock.until(this.scheduler.fail({ id, token, agent: { fleet, name } }, failure));
  }

  async view(id: string): Promise<TaskView> {
    const view = await this.clock.until(this.scheduler.task(id));
    if (view === undefined) throw new Error(`${id} is not known`);
    return view;
  }

  async why(id: string): Promise<WhyResponse> {
    const answer = await this.clock.until(this.scheduler.why(id));
    if (answer === undefined) throw new Error(`${id} is not known`);
    return answer;
  }

  async close(): Promise<void> {
    await this.clock.until(this.scheduler.close());
  }
}
