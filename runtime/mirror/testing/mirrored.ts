import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../journal/file-journal.ts';
import { realFiles, type JournalFiles } from '../../journal/journal-files.ts';
import type { Journal, JournalOptions } from '../../journal/journal.ts';
import { systemClock } from '../../loops/clock.ts';
import { MirrorFolder, type MirrorFolderOptions } from '../mirror-folder.ts';
import type { MirrorPeer } from '../mirror-peer.ts';
import { mirrorSender, type MirrorEvent, type MirrorSender } from '../mirror-sender.ts';
import type { MirrorPiece, MirrorState, Place } from '../mirror.ts';

export const JOURNAL = '00000000-0000-4000-8000-000000000001';

/** A journal, its mirror in the same process, and a wire between them that can be broken. */
export interface Mirrored {
  readonly journalAt: string;
  readonly mirrorAt: string;
  readonly events: MirrorEvent[];
  /** How far the journal's clock is ahead. */
  laterMs: number;
  /** Every call to the peer goes through it; it may be slow, or throw before or after the call. */
  wire: <T>(call: () => Promise<T>) => Promise<T>;
  journal: Journal;
  sender: MirrorSender;
  folder: MirrorFolder;
  /** A new life of the owner, or of the peer. The old one was closed, or is forgotten as a killed one is. */
  openOwner(changes?: Partial<JournalOptions>): Promise<void>;
  openPeer(changes?: Partial<MirrorFolderOptions>): Promise<void>;
  write(...payloads: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function mirrored(waitMs = 200, files: JournalFiles = realFiles): Promise<Mirrored> {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-mirror-'));
  let sessions = 0;
  const openFolder = (changes: Partial<MirrorFolderOptions> = {}): MirrorFolder =>
    new MirrorFolder({
      directory: join(root, 'mirror/scheduler-0'),
      files,
      bytesMax: 10_000_000,
      room: () => Promise.resolve(10_000_000),
      newSession: () => `session-${(sessions += 1)}`,
      ...changes,
    });
  const openSender = (at: Mirrored): MirrorSender =>
    mirrorSender({ peer: throughWire(at), clock: systemClock, files, waitMs, tell: (event) => at.events.push(event) });
  const at: Partial<Mirrored> = {
    journalAt: join(root, 'journal'),
    mirrorAt: join(root, 'mirror/scheduler-0'),
    events: [],
    laterMs: 0,
    wire: (call) => call(),
    folder: openFolder(),
    openPeer: async (changes) => {
      await at.folder?.close();
      at.folder = openFolder(changes);
    },
    openOwner: async (changes = {}) => {
      at.sender = openSender(at as Mirrored);
      at.journal = await openJournal({
        directory: join(root, 'journal'),
        segmentBytes: 2000,
        bytesMax: 1_000_000,
        reserveBytes: 4096,
        keepMs: 1000,
        nowMs: () => Date.now() + (at.laterMs ?? 0),
        onFatal: (error) => {
          throw error;
        },
        copy: at.sender,
        ...changes,
      });
    },
    write: async (...payloads) => {
      const { journal } = at as Mirrored;
      for (const payload of payloads) journal.append(Buffer.from(payload), { class: 'submit', open: payload });
      await journal.durable(journal.lsn);
    },
    close: async () => {
      at.sender?.close();
      await at.journal?.close();
      await at.folder?.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  await at.openOwner?.();
  return at as Mirrored;
}

function throughWire(at: Mirrored): MirrorPeer {
  return {
    begin: (): Promise<MirrorState> => at.wire(() => at.folder.begin(JOURNAL)),
    append: (piece: MirrorPiece): Promise<Place> => at.wire(() => at.folder.append(piece)),
  };
}

/** The segments of a folder, as they are on the disk. */
export function segmentsIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.journal'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name)).toString('hex')]));
}
