/** Tasks of one generation; two of them are waited for at once. One Map of JavaScript holds 16.7 million entries, and then throws. */
const GENERATION_MAX = 500_000;

/**
 * Moments by task, of the youngest that are not too many. What has waited longest is given up, a generation at once: an agent of
 * somebody else has it, or its answer was lost.
 */
export class Waiting {
  readonly #max: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  constructor(max = GENERATION_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  add(id: string, atMs: number): void {
    if (this.#young.size >= this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, atMs);
  }

  take(id: string): number | undefined {
    const atMs = this.#young.get(id) ?? this.#old.get(id);
    if (atMs !== undefined && !this.#young.delete(id)) this.#old.delete(id);
    return atMs;
  }
}

/** What is counted and measured while a load runs. */
export class Seen {
  /** Only with agents here is it seen who has a task. */
  readonly #hasAgents: boolean;
  sent = 0;
  /** With those that it was too late to send. */
  meant = 0;
  meantFull = 0;
  answered = 0;
  answeredFull = 0;
  refused = 0;
  readonly errors = new Map<string, number>();
  readonly submitMs: number[] = [];
  readonly assignMs: number[] = [];
  /** Intended moments of tasks that no agent has had, and moments at which agents had tasks whose answer is to come. */
  readonly submitted = new Waiting();
  readonly early = new Waiting();

  constructor(hasAgents: boolean) {
    this.#hasAgents = hasAgents;
  }

  fail(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  /** Whichever comes first waits for the other. */
  accepted(id: string, intended: number): void {
    if (!this.#hasAgents) return;
    const had = this.early.take(id);
    if (had === undefined) this.submitted.add(id, intended);
    else this.assignMs.push(had - intended);
  }

  assigned(id: string): void {
    const intended = this.submitted.take(id);
    if (intended === undefined) this.early.add(id, performance.now());
    else this.assignMs.push(performance.now() - intended);
  }
}
