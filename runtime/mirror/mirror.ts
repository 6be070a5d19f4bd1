/**
 * The second disk of a journal. With `journal.mirror: peer` each scheduler sends what it writes to one other scheduler, which
 * writes the same bytes into the same files of a folder, syncs them, and says so. What waits for the journal waits for both.
 *
 * Glossary
 * - owner: the scheduler whose journal it is; peer: the one that keeps the mirror. `n` mirrors to `n + 1`, the last to the first
 * - mirror: a folder at the peer with the owner's segments, byte by byte, and the id of the journal they are of
 * - place: the end of a whole record: its segment and byte, and its number and checksum, by which both see that they mean the same
 * - sure: the last place of the mirror that is at or below what its records name as durable. What is behind it is the one batch
 *   that was on its way last: the owner may have lost that in a crash, and nobody was told of it then
 * - session: what the owner begins before it sends. A request of an older one, late on its way, changes nothing
 * - unmirrored: answers do not wait for the peer. It has not answered in time, or will not take what it is sent
 *
 * Promises
 * 1. A mirror only grows at its end; it is cut to its sure place and nowhere else, and only by a session of the same journal.
 * 2. Whole segments go when the owner has given them up, never before.
 * 3. What a peer cannot or will not take harms neither its own journal nor the owner's.
 */
export interface Place {
  readonly segment: string;
  /** Bytes of the segment up to here. */
  readonly at: number;
  /** Of the record that ends here; 0 with `crc` 0 at the beginning of a segment. */
  readonly lsn: number;
  readonly crc: number;
}

/** What a session begins with. Without `end` the peer has nothing of this journal. */
export interface MirrorState {
  readonly session: string;
  readonly end?: Place;
  /** In the same segment. */
  readonly sure?: Place;
}

export interface MirrorPiece {
  readonly session: string;
  readonly segment: string;
  /** Where the bytes begin: the end of the mirror's segment, or of its first bytes in a new one. */
  readonly at: number;
  /** The mirror is cut to `at` before, which is its sure place. */
  readonly cut: boolean;
  /** The owner has given up all segments before this one. */
  readonly oldest: string;
  /** Whole records. */
  readonly bytes: Buffer;
}

/** A mirror as a whole, as it can be brought back. */
export interface MirrorContents {
  readonly journal: string;
  readonly segments: readonly { readonly name: string; readonly bytes: number }[];
}

export const REFUSALS = [
  'other-journal',
  'damaged',
  'full',
  'session',
  'place',
  'malformed',
  'identity',
  'failed',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** The peer has answered, and will not do it. Anything else that fails means that it is away. */
export class MirrorRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'MirrorRefused';
    this.reason = reason;
  }
}

/** Of one piece, and with that of what either side holds in memory. A record is never longer. */
export const PIECE_BYTES_MAX = 4_194_304;
