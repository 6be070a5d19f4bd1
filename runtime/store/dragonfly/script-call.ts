import { Command } from 'ioredis';
import { KEY_COUNT } from './encode.ts';

/**
 * A call of the script, written as one text at once: a batch has hundreds of arguments, and the client's own commands copy their
 * list several times before they write it.
 */
export class ScriptCall extends Command {
  readonly #bytes: Buffer;

  /** `args`: the keys, then the arguments. */
  constructor(sha: string, args: readonly string[]) {
    super('evalsha', [], { replyEncoding: 'utf8' });
    let text = `*${args.length + 3}\r\n$7\r\nevalsha\r\n$${sha.length}\r\n${sha}\r\n$${KEYS.length}\r\n${KEYS}\r\n`;
    let isPlain = true;
    for (const arg of args) {
      // In bytes, as the server's protocol has it.
      const length = Buffer.byteLength(arg);
      if (length !== arg.length) isPlain = false;
      text += `$${length}\r\n${arg}\r\n`;
    }
    // Most are ASCII throughout, which is copied as it is.
    this.#bytes = Buffer.from(text, isPlain ? 'latin1' : 'utf8');
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}

const KEYS = String(KEY_COUNT);
