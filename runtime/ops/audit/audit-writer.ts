import { open, readdir, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  auditFileName,
  auditFileNames,
  auditFileNumber,
  cutTail,
  firstSeq,
  isPacked,
  logTail,
  unpackedName,
} from './audit-files.ts';
import { sealedLine, type AuditBody, type ChainEnd } from './audit-line.ts';
import { packFile, syncFolder } from './pack-file.ts';

export interface WriterOptions {
  readonly dir: string;
  readonly macKey: Uint8Array;
  readonly fileBytesMax: number;
  /** Of all files, as they lie on the disk. */
  readonly bytesMax: number;
  readonly nowMs: () => number;
  /** The first line of each file. */
  readonly opening: () => AuditBody;
  /** The oldest records went; so many. */
  readonly onRetired?: (records: number) => void;
  /** A file could not be compressed; it stays as it is until the next one is. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * The files of a log. Lines go to the newest one; when it is full the next one begins, the full one is compressed while lines go
 * on, and the oldest goes once a line that says so is durable. `append` is called by one caller at a time.
 */
export class AuditWriter {
  readonly #options: WriterOptions;
  #file: FileHandle | undefined;
  #number = 0;
  #bytes = 0;
  #end: ChainEnd;
  /** The compressing that is under way, if any, and what cuts it short. */
  #packing: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  private constructor(options: WriterOptions, end: ChainEnd) {
    this.#options = options;
    this.#end = end;
  }

  /** Throws `AuditDamaged` when the newest file does not end with one of our lines. */
  static async open(options: WriterOptions): Promise<AuditWriter> {
    const names = await auditFileNames(options.dir);
    const writer = new AuditWriter(options, await logTail(options.dir, names, options.macKey));
    const newest = names.at(-1) ?? auditFileName(1);
    // Nothing is written behind what is compressed.
    writer.#number = auditFileNumber(newest) + (isPacked(newest) ? 1 : 0);
    await dropDrafts(options.dir);
    writer.#pack();
    return writer;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** All of them, durable, or none: after an error the file is as it was, and the same may be tried again. */
  async append(bodies: readonly AuditBody[]): Promise<void> {
    const file = await this.makeRoom();
    let end = this.#end;
    const lines = bodies.map((body) => {
      const sealed = sealedLine(body, end, this.#options.macKey);
      end = sealed.end;
      return `${sealed.line}\n`;
    });
    await this.#write(file, lines.join(''));
    this.#end = end;
  }

  /** The file that takes the next lines. Until they come the chain ends where it does now. */
  async makeRoom(): Promise<FileHandle> {
    if (this.#bytes >= this.#options.fileBytesMax) await this.#rotate();
    return this.#current();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#packing;
    await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(file: FileHandle, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      let written = 0;
      while (written < bytes.length) {
        written += (await file.write(bytes, written, bytes.length - written, this.#bytes + written)).bytesWritten;
      }
      await file.datasync();
      this.#bytes += bytes.length;
    } catch (error) {
      // Whoever tries again begins where the last durable line ended.
      await this.#closeFile().catch(() => undefined);
      throw error;
    }
  }

  async #current(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    const { dir, macKey } = this.#options;
    const name = auditFileName(this.#number);
    const file = await open(join(dir, name), 'a+', 0o600).then(async (made) => {
      await made.close();
      return open(join(dir, name), 'r+');
    });
    this.#file = file;
    const tail = await cutTail(dir, name, macKey);
    // A batch that failed may have left whole lines, of which nobody was told.
    if (tail !== undefined && tail.end.seq > this.#end.seq) await file.truncate(this.#bytes);
    else this.#bytes = tail?.bytes ?? 0;
    if (this.#bytes > 0) return file;
    await syncFolder(dir);
    const { line, end } = sealedLine(this.#options.opening(), this.#end, macKey);
    await this.#write(file, `${line}\n`);
    this.#end = end;
    return file;
  }

  async #rotate(): Promise<void> {
    await this.#closeFile();
    this.#number += 1;
    this.#bytes = 0;
    await this.#current();
    await this.#retire();
    this.#pack();
  }

  /** Leaves room for two files besides: the one that is written, and what a closed one is compressed to. */
  async #retire(): Promise<void> {
    const { dir, bytesMax, fileBytesMax, nowMs, onRetired } = this.#options;
    // What goes must not be what is being compressed, and that is smaller than it was in a moment.
    await this.#packing;
    const closed = (await auditFileNames(dir)).filter((name) => auditFileNumber(name) < this.#number);
    const sizes = await Promise.all(closed.map(async (name) => (await stat(join(dir, name))).size));
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, file] of closed.entries()) {
      if (bytes <= bytesMax - 2 * fileBytesMax) return;
      const next = closed[index + 1] ?? auditFileName(this.#number);
      const [first, after] = [await firstSeq(dir, file), await firstSeq(dir, next)];
      await this.append([{ kind: 'retired', at: nowMs(), file, through: after - 1 }]);
      await unlink(join(dir, file));
      bytes -= sizes[index] ?? 0;
      onRetired?.(after - first);
    }
  }

  /** Compresses what is closed and is not compressed yet, the oldest first, while lines are written. */
  #pack(): void {
    const { dir, onProblem } = this.#options;
    const { signal } = this.#stop;
    const newest = this.#number;
    this.#packing = this.#packing.then(async () => {
      try {
        for (const name of await auditFileNames(dir)) {
          if (signal.aborted) return;
          if (!isPacked(name) && auditFileNumber(name) < newest) await packFile(dir, name, signal);
        }
      } catch (error) {
        if (!signal.aborted) onProblem?.(error);
      }
    });
  }
}

/** What was not compressed to its end, and what was while the file that it is made of is there still. */
async function dropDrafts(dir: string): Promise<void> {
  const names = await readdir(dir);
  const all = new Set(names);
  for (const name of names) {
    const made = name.endsWith('.new') ? name.slice(0, -'.new'.length) : name;
    const isDraft = made !== name || all.has(unpackedName(made));
    if (isDraft && isPacked(made) && auditFileNumber(made) > 0) await rm(join(dir, name), { force: true });
  }
}
