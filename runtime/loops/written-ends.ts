import type { TaskRecord } from '../core/task-record.ts';

/**
 * The last ends that this scheduler's journal has and that nothing takes back, so that a repetition waits for the record that is
 * there, and writes no other: whoever says one end again and again would fill the journal for all. What is forgotten is written
 * once more.
 */
export interface WrittenEnds {
  /** The record that has the end of this task, as the store tells it. */
  find(fleet: string, record: Ended): number | undefined;
  /** Whether there is one of this task; with a token, of this run, however it ended. */
  has(fleet: string, id: string, token?: number): boolean;
  add(fleet: string, record: Ended, lsn: number): void;
}

/** What tells one end from another. */
type Ended = Pick<TaskRecord, 'id' | 'token' | 'state' | 'digest' | 'acceptedMs'>;

interface Written extends Omit<Ended, 'id'> {
  readonly lsn: number;
}

const ENDS_MAX = 20_000;

export function writtenEnds(max = ENDS_MAX): WrittenEnds {
  const ends = new Map<string, Written>();
  return {
    find: (fleet, record) => {
      const written = ends.get(nameOf(fleet, record.id));
      return written !== undefined && isSame(written, record) ? written.lsn : undefined;
    },
    has: (fleet, id, token) => {
      const written = ends.get(nameOf(fleet, id));
      return written !== undefined && (token === undefined || token === written.token);
    },
    add: (fleet, { id, token, state, acceptedMs, digest }, lsn) => {
      const name = nameOf(fleet, id);
      // The newest stands last.
      ends.delete(name);
      ends.set(name, { token, state, acceptedMs, digest, lsn });
      const [oldest] = ends.size > max ? ends.keys() : [];
      if (oldest !== undefined) ends.delete(oldest);
    },
  };
}

/** Another task may have the id later; where neither began, their tokens are the same. */
function isSame(written: Written, record: Ended): boolean {
  return (['token', 'state', 'digest', 'acceptedMs'] as const).every((fact) => written[fact] === record[fact]);
}

function nameOf(fleet: string, id: string): string {
  return `${fleet} ${id}`;
}
