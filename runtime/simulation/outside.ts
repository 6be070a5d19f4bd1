import type { Assignment } from '../../spec/contract/protocol.ts';
import { PRIORITIES } from '../../spec/contract/task.ts';
import type { World } from './world.ts';

/**
 * What an onlooker knows, who sees only what submitters and agents were told. At the end of a run every promise must have been
 * kept. `README.md` says which promise is looked at where.
 */
export class Outside {
  readonly #world: World;
  readonly #runsOnce: boolean;
  /** Tasks whose submitters were told that they are accepted. */
  readonly accepted = new Map<string, { readonly key: string; readonly atMs: number }>();
  /** Keys that were submitted at all, and whether as urgent. */
  readonly #submitted = new Map<string, boolean>();
  /** Task -> token of the run whose success was acknowledged. */
  readonly completed = new Map<string, number>();
  /** Tasks whose cancellation was acknowledged. */
  readonly cancelled = new Set<string>();
  /** Tasks whose cancellation somebody was told is asked for. */
  readonly cancelAsked = new Set<string>();
  /** Tasks that agents wanted to give back or to fail, or that somebody redrove: they may run again, whatever their effects. */
  readonly #mayRunAgain = new Set<string>();
  readonly #worked = new Set<number>();
  /** Runs whose agent could not be called; a token is that of one shard. */
  readonly #unreached = new Set<string>();
  /** Task -> token -> agent that was given it. */
  readonly #runs = new Map<string, Map<number, string>>();
  /** Task -> tokens of its leases, in the order in which they were given. */
  readonly #claims = new Map<string, number[]>();
  /** Task -> digests of the inputs that were accepted for it, where its key is used for two. */
  readonly #rivals = new Map<string, Set<string>>();
  /** Task -> digests of the inputs that are not done, as a scheduler said to its operator or to who had submitted it. */
  readonly #gaveWay = new Map<string, Set<string>>();
  readonly violations: string[] = [];

  /** `runsOnce`: tasks have effects that must not be had twice. */
  constructor(world: World, runsOnce: boolean) {
    this.#world = world;
    this.#runsOnce = runsOnce;
  }

  submit(key: string, urgent: boolean): void {
    this.#submitted.set(key, urgent);
  }

  accept(id: string, key: string): void {
    const known = this.accepted.get(id);
    if (known !== undefined && known.key !== key) this.violate('one-id-two-keys', `${id}: ${known.key}, ${key}`);
    if (known === undefined) this.accepted.set(id, { key, atMs: this.#world.now });
  }

  start({ id, token, input, priority, attempt }: Assignment, agent: string): void {
    const urgent = this.#submitted.get(String(input['key']));
    if (urgent === undefined) this.violate('phantom', `${id} was never submitted`);
    const least = urgent === true ? 'urgent' : 'normal';
    if (PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(least)) this.violate('less-urgent', `${id} is ${priority}`);
    if (attempt > ATTEMPTS_MAX) this.violate('too-many-attempts', `${id} is tried the ${attempt}th time`);
    const runs = this.#runs.get(id) ?? new Map<number, string>();
    this.#runs.set(id, runs);
    if (this.#runsOnce && runs.size > 0 && !runs.has(token) && !this.#mayRunAgain.has(id)) {
      this.violate('begun-twice', `${id}: ${[...runs.keys()].join(', ')} and ${token}`);
    }
    const other = runs.get(token);
    if (other !== undefined) this.violate('token-shared', `${id} ${token}: ${other} and ${agent}`);
    this.#rises(id, token, runs.keys());
    runs.set(token, agent);
  }

  /** A shard has leased the task; whether anybody hears of it is not said. */
  claim(id: string, token: number): void {
    const claims = this.#claims.get(id) ?? [];
    claims.push(token);
    this.#claims.set(id, claims);
  }

  /** Of two leases that were handed out the later one has the larger token, whichever was heard of first. */
  #rises(id: string, token: number, others: Iterable<number>): void {
    const claims = this.#claims.get(id) ?? [];
    for (const other of others) {
      const isLater = claims.lastIndexOf(token) > claims.lastIndexOf(other);
      if (isLater !== token > other) this.violate('token-fell', `${id}: ${token} and ${other}`);
    }
  }

  /** Its agent has done what there was to do; whether anybody has heard of that is not said. */
  worked(token: number): void {
    this.#worked.add(token);
  }

  isAtWork(token: number): boolean {
    return !this.#worked.has(token);
  }

  unreached(id: string, token: number): void {
    this.#unreached.add(`${id} ${token}`);
  }

  /** A shard has counted a run as an attempt that failed. */
  attempt(id: string, token: number): void {
    const run = `${id} ${token}`;
    if (this.#unreached.has(run)) this.violate('attempt-unreached', run);
  }

  mayRunAgain(id: string): void {
    this.#mayRunAgain.add(id);
  }

  complete(id: string, token: number): void {
    const before = this.completed.get(id);
    if (before !== undefined && before !== token) {
      this.violate('completed-twice', `${id}: by ${before} and by ${token}`);
    }
    this.completed.set(id, token);
  }

  acceptRival(id: string, digest: string): void {
    of(this.#rivals, id, () => new Set()).add(digest);
  }

  giveWay(id: string, digest: string): void {
    of(this.#gaveWay, id, () => new Set()).add(digest);
  }

  /** Tasks of which two inputs were accepted, and of neither was told that it is not done. */
  silent(): readonly string[] {
    return [...this.#rivals].flatMap(([id, accepted]) => {
      const told = this.#gaveWay.get(id);
      return [...accepted].filter((digest) => told?.has(digest) !== true).length > 1 ? [id] : [];
    });
  }

  violate(kind: string, text: string): void {
    this.#world.note(`violation:${kind}`, text);
    this.violations.push(`${kind}: ${text}`);
  }
}

/** As the simulated fleets declare. */
const ATTEMPTS_MAX = 4;

function of<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
