import type { Json } from '../source.ts';

/** What is wrong with a value, at the place in it. */
export interface ValueFault {
  /** JSON Pointer into the value. */
  readonly pointer: string;
  readonly detail: string;
}

/** Most faults that are told of one value. */
const FAULTS_MAX = 10;

export class OutOfWork extends Error {}

/**
 * One look at one value, from its top: where it is, what it found, and how much work is left. Work is counted and not
 * timed: the same value is judged alike on every machine.
 */
export class Look {
  readonly faults: ValueFault[] = [];
  /** Whether it looks for all faults and tells them, or stops at the first. */
  tells: boolean;
  #left: number;
  readonly #path: (string | number)[] = [];

  constructor(units: number, tells: boolean) {
    this.#left = units;
    this.tells = tells;
  }

  /** Pays for work before it is done. A unit is about what one schema costs for one value: 20 to 100 ns. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new OutOfWork();
  }

  /** Looks at a part of the value. */
  inside(step: string | number, ask: () => boolean): boolean {
    this.#path.push(step);
    const fits = ask();
    this.#path.pop();
    return fits;
  }

  /** Whether a value fits, without a word about it. */
  quietly(ask: () => boolean): boolean {
    const { tells } = this;
    this.tells = false;
    const depth = this.#path.length;
    const fits = ask();
    this.#path.length = depth;
    this.tells = tells;
    return fits;
  }

  /** Says what is wrong where it looks, or at a field of it. Always false: that is what the value's schema says of it. */
  wrong(detail: string, field?: string): false {
    if (this.tells && !this.isFull) {
      const path = field === undefined ? this.#path : [...this.#path, field];
      this.faults.push({ pointer: path.map(stepOf).join(''), detail });
    }
    return false;
  }

  get isFull(): boolean {
    return this.faults.length >= FAULTS_MAX;
  }
}

/** Longest name that a pointer tells whole: names of fields are the sender's. */
const NAME_MAX = 100;

function stepOf(key: string | number): string {
  const name = String(key);
  const told = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name;
  return `/${told.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Which fields and items of a value schemas have looked at, for those that ask about the others. */
export class Seen {
  readonly keys = new Set<string>();
  readonly items = new Set<number>();
  allKeys = false;
  allItems = false;

  /** Takes over what another schema has looked at, of the same value. */
  add(other: Seen, look: Look): void {
    look.spend((other.keys.size + other.items.size) >> 2);
    for (const key of other.keys) this.keys.add(key);
    for (const item of other.items) this.items.add(item);
    this.allKeys ||= other.allKeys;
    this.allItems ||= other.allItems;
  }
}

/** One schema, or one of its keywords: whether the value fits. What it has looked at goes into `seen`, where that is asked. */
export type Check = (value: Json, look: Look, seen: Seen | undefined) => boolean;

/** Makes the check of a schema within the whole one. Each is made when it is first asked. */
export type CheckOf = (schema: Json) => Check;
