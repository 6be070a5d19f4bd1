import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { auditFileName, auditFileNames, auditFileNumber, cutTail, logTail } from './audit-files.ts';
import { sealedLine, type AuditBody, type ChainEnd } from './audit-line.ts';

export interface WriterOptions {
  readonly dir: string;
  readonly macKey: Uint8Array;
  readonly fileBytesMax: number;
  readonly filesMax: number;
  readonly nowMs: () => number;
  /** The first line of each file. */
  readonly opening: () => AuditBody;
}

/**
 * The files of a log. Lines go to the newest one; when it is full the next one begins, and the oldest goes once a line that says
 * so is durable. `append` is called by one caller at a time.
 */
export class AuditWriter {
  readonly #options: WriterOptions;
  #file: FileHandle | undefined;
  #number = 0;
  #bytes = 0;
  #end: ChainEnd;

  private constructor(options: WriterOptions, end: ChainEnd) {
    this.#options = options;
    this.#end = end;
  }

  /** Throws `AuditDamaged` when the newest file does not end with one of our lines. */
  static async open(options: WriterOptions): Promise<AuditWriter> {
    const names = await auditFileNames(options.dir);
    const writer = new AuditWriter(options, await logTail(options.dir, names, options.macKey));
    writer.#number = auditFileNumber(names.at(-1) ?? auditFileName(1));
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
      await this.close().catch(() => undefined);
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
    const { dir, filesMax, nowMs } = this.#options;
    await this.close();
    this.#number += 1;
    this.#bytes = 0;
    await this.#current();
    const names = await auditFileNames(dir);
    for (const [index, file] of names.slice(0, Math.max(0, names.length - filesMax)).entries()) {
      const through = (await firstSeq(dir, names[index + 1] ?? file)) - 1;
      await this.append([{ kind: 'retired', at: nowMs(), file, through }]);
      await unlink(join(dir, file));
    }
  }
}

async function firstSeq(dir: string, name: string): Promise<number> {
  const file = await open(join(dir, name), 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return Number(/^\{"seq":(\d+),/.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? 1);
  } finally {
    await file.close();
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
