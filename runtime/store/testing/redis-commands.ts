import { SortedSet } from '../memory/sorted-set.ts';

/**
 * The commands that the script uses, over the data structures of the memory store. Refuses every key that was not declared,
 * and every command that is not here, so that the script cannot come to need more than all servers have.
 */
export type CommandReply = number | string | null | readonly string[] | readonly (string | null)[];

type Hash = Map<string, string>;

export class RedisCommands {
  readonly sorted = new Map<string, SortedSet>();
  readonly hashes = new Map<string, Hash>();
  readonly nowUs: () => number;
  declared: ReadonlySet<string> = new Set();
  calls = 0;
  /** The number of the call that fails, as for want of memory. */
  failsAt = Infinity;

  constructor(nowUs: () => number) {
    this.nowUs = nowUs;
  }

  call(name: string, args: readonly string[]): CommandReply {
    this.calls += 1;
    if (this.calls === this.failsAt) throw new Error('OOM command not allowed');
    if (name === 'TIME') return [String(Math.floor(this.nowUs() / 1e6)), String(this.nowUs() % 1e6)];
    const onAll = KEYSPACE[name];
    if (onAll !== undefined) {
      for (const one of args) this.#mayUse(name, one);
      return args.filter((one) => onAll(this, one)).length;
    }
    const [key = '', ...rest] = args;
    this.#mayUse(name, key);
    const command = name.startsWith('Z') ? SORTED[name] : undefined;
    if (command !== undefined) return command(this.#set(key), rest);
    const onHash = HASHES[name];
    if (onHash === undefined) throw new Error(`the script must not use ${name}`);
    return onHash(this.#hash(key), rest);
  }

  #mayUse(name: string, key: string): void {
    if (!this.declared.has(key)) throw new Error(`${name} uses a key that was not declared: ${key}`);
  }

  /** A server has no key that holds nothing. */
  has(key: string): boolean {
    return (this.sorted.get(key)?.size ?? 0) > 0 || (this.hashes.get(key)?.size ?? 0) > 0;
  }

  remove(key: string): boolean {
    const was = this.has(key);
    this.sorted.delete(key);
    this.hashes.delete(key);
    return was;
  }

  #set(key: string): SortedSet {
    const known = this.sorted.get(key) ?? new SortedSet();
    this.sorted.set(key, known);
    return known;
  }

  #hash(key: string): Hash {
    const known = this.hashes.get(key) ?? new Map<string, string>();
    this.hashes.set(key, known);
    return known;
  }
}

/** Those of whole keys, which answer how many there were. */
const KEYSPACE: Readonly<Record<string, (commands: RedisCommands, key: string) => boolean>> = {
  EXISTS: (commands, key) => commands.has(key),
  UNLINK: (commands, key) => commands.remove(key),
};

const HASHES: Readonly<Record<string, (hash: Hash, args: readonly string[]) => CommandReply>> = {
  HGET: (hash, [field = '']) => hash.get(field) ?? null,
  HMGET: (hash, fields) => fields.map((field) => hash.get(field) ?? null),
  HGETALL: (hash) => [...hash].flat(),
  HEXISTS: (hash, [field = '']) => (hash.has(field) ? 1 : 0),
  HLEN: (hash) => hash.size,
  HSTRLEN: (hash, [field = '']) => Buffer.byteLength(hash.get(field) ?? ''),
  HDEL: (hash, fields) => fields.filter((field) => hash.delete(field)).length,
  HINCRBY: (hash, [field = '', by = '0']) => {
    const sum = Number(hash.get(field) ?? 0) + Number(by);
    hash.set(field, String(sum));
    return sum;
  },
  HSET: (hash, args) => {
    for (let at = 0; at < args.length; at += 2) hash.set(args[at] ?? '', args[at + 1] ?? '');
    return args.length / 2;
  },
};

const SORTED: Readonly<Record<string, (set: SortedSet, args: readonly string[]) => CommandReply>> = {
  ZADD: (set, args) => {
    for (let at = 0; at < args.length; at += 2) set.add(args[at + 1] ?? '', whole(args[at] ?? ''));
    return args.length / 2;
  },
  ZREM: (set, members) => {
    for (const member of members) set.remove(member);
    return members.length;
  },
  ZCARD: (set) => set.size,
  ZSCORE: (set, [member = '']) => textOf(set.score(member)),
  ZRANK: (set, [member = '']) => (set.score(member) === undefined ? null : set.rank(member)),
  ZCOUNT: (set, [min = '', max = '']) => set.count(bound(min), bound(max)),
  ZLEXCOUNT: (set, [from = '', to = '']) => set.lexCount(lex(from, '['), lex(to, '(')),
  ZRANGE: (set, [start = '', stop = '', scores]) => {
    // One below 0 counts from the end.
    const last = Number(stop) < 0 ? set.size + Number(stop) : Number(stop);
    const members = set.range(-Infinity, Infinity, Number(start), last - Number(start) + 1);
    return scores === undefined ? members : members.flatMap((member) => [member, textOf(set.score(member)) ?? '']);
  },
  ZREVRANGE: (set, [start = '', stop = '']) =>
    set.rangeReverse(-Infinity, Infinity, Number(start), Number(stop) - Number(start) + 1),
  ZRANGEBYSCORE: (set, [min = '', max = '', ...rest]) => {
    const [offset, limit] = rest.slice(-2).map(Number);
    const found = set.range(bound(min), bound(max), offset ?? 0, limit ?? 0);
    return rest[0] === 'WITHSCORES' ? found.flatMap((member) => [member, textOf(set.score(member)) ?? '']) : found;
  },
  ZREVRANGEBYSCORE: (set, [max = '', min = '', , offset = '', limit = '']) =>
    set.rangeReverse(bound(min), bound(max), Number(offset), Number(limit)),
  ZRANGEBYLEX: (set, [from = '', to = '', , , limit = '']) => set.lexRange(lex(from, '['), lex(to, '('), Number(limit)),
};

function bound(text: string): number {
  return text === '-inf' ? -Infinity : whole(text);
}

/** Scores and bounds must be written without an exponent or a fraction. */
function whole(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`a number is written as ${text}`);
  return Number(text);
}

function lex(text: string, sign: '[' | '('): string {
  if (!text.startsWith(sign)) throw new Error(`a stretch is written as ${text}`);
  return text.slice(1);
}

function textOf(score: number | undefined): string | null {
  return score === undefined ? null : String(score);
}
