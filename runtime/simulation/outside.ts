import type { World } from './world.ts';

/**
 * What an onlooker knows, who sees only what submitters and agents were told. At the end of a run every promise must have been
 * kept.
 */
export class Outside {
  readonly #world: World;
  /** Tasks whose submitters were told that they are accepted. */
  readonly accepted = new Map<string, { readonly key: string; readonly atMs: number }>();
  /** Keys that were submitted at all. */
  readonly submitted = new Set<string>();
  /** Task -> token of the run whose success was acknowledged. */
  readonly completed = new Map<string, number>();
  /** Task -> token -> agent that was given it. */
  readonly #runs = new Map<string, Map<number, string>>();
  readonly violations: string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  accept(id: string, key: string): void {
    const known = this.accepted.get(id);
    if (known !== undefined && known.key !== key) this.violate('one-id-two-keys', `${id}: ${known.key}, ${key}`);
    this.accepted.set(id, { key, atMs: this.#world.now });
  }

  start(id: string, key: string, token: number, agent: string): void {
    if (!this.submitted.has(key)) this.violate('phantom', `${id} was never submitted`);
    const runs = this.#runs.get(id) ?? new Map<number, string>();
    this.#runs.set(id, runs);
    const other = runs.get(token);
    if (other !== undefined && other !== agent) this.violate('token-shared', `${id} ${token}: ${other} and ${agent}`);
    const largest = Math.max(0, ...runs.keys());
    if (token < largest) this.violate('token-fell', `${id}: ${token} after ${largest}`);
    runs.set(token, agent);
  }

  complete(id: string, token: number): void {
    const before = this.completed.get(id);
    if (before !== undefined && before !== token) {
      this.violate('completed-twice', `${id}: by ${before} and by ${token}`);
    }
    this.completed.set(id, token);
  }

  violate(kind: string, text: string): void {
    this.#world.note(`violation:${kind}`, text);
    this.violations.push(`${kind}: ${text}`);
  }
}
