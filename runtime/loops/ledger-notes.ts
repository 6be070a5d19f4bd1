import { isNews as isLater } from '../core/standing.ts';
import type { Standing } from '../core/task-record.ts';
import { cancelName, standingName, switchName, type JournalEntry } from './journal-entry.ts';

/**
 * What a journal keeps besides submissions and ends: how tasks stand that have not ended, whose end was asked for, and what holds
 * for a fleet. In memory only what it takes to know which records still count.
 */
export interface LedgerNotes {
  take(entry: JournalEntry): void;
  /** The task has ended: nothing of it counts any more. Returns the names of the records that are history now. */
  forget(fleet: string, id: string): readonly string[];
  /** It has not, after all: while the journal is read. */
  remember(fleet: string, id: string): void;
  /** The journal has been read: names of the records in it that are history. */
  read(): readonly string[];
  /** Whether it says more of the task than is noted. */
  isNews(fleet: string, id: string, standing: Standing): boolean;
  stands(fleet: string, id: string, standing: Standing): boolean;
  /** Tasks of which something is noted. */
  tasks(): IterableIterator<NotedTask>;
  cancels(fleet: string): IterableIterator<AskedCancel>;
  switches(fleet: string): IterableIterator<SaidSwitch>;
  /** Something later was said. Returns the name of the record that is history now. */
  forgetSwitch(fleet: string, name: string): string;
}

export interface NotedTask {
  readonly fleet: string;
  readonly id: string;
  readonly sinceMs: number;
}

export type AskedCancel = Omit<Extract<JournalEntry, { kind: 'cancel' }>, 'kind'>;
export type SaidSwitch = Omit<Extract<JournalEntry, { kind: 'switch' }>, 'kind'>;

type Stood = NotedTask & Pick<Standing, 'state' | 'token'>;

export function ledgerNotes(): LedgerNotes {
  const standings = new Map<string, Stood>();
  const cancels = new Map<string, Map<string, AskedCancel>>();
  const switches = new Map<string, Map<string, SaidSwitch>>();
  /** By the names of their records: of tasks that have ended, while the journal is read. */
  const past = new Map<string, Stood | AskedCancel>();
  let reading = true;
  const isNews = (fleet: string, id: string, standing: Standing): boolean => {
    const known = standings.get(standingName(fleet, id));
    return known === undefined || isLater(standing, known);
  };

  return {
    take: (entry) => {
      if (entry.kind === 'stand') {
        const { fleet, id, standing } = entry;
        const { state, token, sinceMs } = standing;
        if (isNews(fleet, id, standing)) standings.set(standingName(fleet, id), { fleet, id, sinceMs, state, token });
      } else if (entry.kind === 'cancel') {
        const { kind: _, ...asked } = entry;
        ofFleet(cancels, asked.fleet).set(asked.id, asked);
      } else if (entry.kind === 'switch') {
        const { kind: _, ...said } = entry;
        ofFleet(switches, said.fleet).set(said.name, said);
      }
    },
    forget: (fleet, id) => {
      const names: string[] = [];
      const standing = standings.size === 0 ? undefined : standings.get(standingName(fleet, id));
      const asked = cancels.get(fleet)?.get(id);
      if (standing !== undefined) names.push(standingName(fleet, id));
      if (asked !== undefined) names.push(cancelName(fleet, id));
      if (reading && standing !== undefined) past.set(standingName(fleet, id), standing);
      if (reading && asked !== undefined) past.set(cancelName(fleet, id), asked);
      if (standing !== undefined) standings.delete(standingName(fleet, id));
      if (asked !== undefined) cancels.get(fleet)?.delete(id);
      return names;
    },
    remember: (fleet, id) => {
      for (const name of [standingName(fleet, id), cancelName(fleet, id)]) {
        const again = past.get(name);
        past.delete(name);
        if (again === undefined) continue;
        if ('state' in again) standings.set(name, again);
        else ofFleet(cancels, fleet).set(id, again);
      }
    },
    read: () => {
      reading = false;
      const names = [...past].flatMap(([name, { fleet, id }]) =>
        standings.has(name) || (name === cancelName(fleet, id) && cancels.get(fleet)?.has(id) === true) ? [] : [name],
      );
      past.clear();
      return names;
    },
    isNews,
    stands: (fleet, id, { state, token }) => {
      const known = standings.get(standingName(fleet, id));
      return known?.state === state && known.token === token;
    },
    *tasks() {
      yield* standings.values();
      for (const asked of cancels.values()) {
        for (const { fleet, id, askedMs } of asked.values()) yield { fleet, id, sinceMs: askedMs };
      }
    },
    cancels: (fleet) => ofFleet(cancels, fleet).values(),
    switches: (fleet) => ofFleet(switches, fleet).values(),
    forgetSwitch: (fleet, name) => {
      switches.get(fleet)?.delete(name);
      return switchName(fleet, name);
    },
  };
}

function ofFleet<Value>(map: Map<string, Map<string, Value>>, fleet: string): Map<string, Value> {
  const known = map.get(fleet);
  if (known !== undefined) return known;
  const made = new Map<string, Value>();
  map.set(fleet, made);
  return made;
}
