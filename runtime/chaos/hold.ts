/** Who has taken hold of what: a fault waits until what it needs is whole again. `all` waits for everything. */
export interface Holds {
  /** Resolves with the way to let go. */
  take(names: readonly string[]): Promise<() => void>;
}

export function holds(): Holds {
  const held = new Set<string>();
  const waiting: (() => void)[] = [];
  return {
    take: async (names) => {
      while (names.some((name) => held.has(name))) await new Promise<void>((resolve) => waiting.push(resolve));
      for (const name of names) held.add(name);
      return () => {
        for (const name of names) held.delete(name);
        for (const wake of waiting.splice(0)) wake();
      };
    },
  };
}
