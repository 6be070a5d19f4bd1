import { Command } from 'ioredis';
import { KEY_COUNT } from './encode.ts';

/**
 * A call of the script, written as one text at once: a batch has hundreds of arguments, and the client's own commands copy their
 * list several times before they write it.
 */
export class ScriptCall extends Command {
  readonly #text: string;

  /** `args`: the keys, then the arguments. */
  constructor(sha: string, args: readonly string[]) {
    super('evalsha', [], { replyEncoding: 'utf8' });
    let text = `*${args.length + 3}\r\n$7\r\nevalsha\r\n${bulk(sha)}${bulk(String(KEY_COUNT))}`;
    for (const arg of args) text += bulk(arg);
    this.#text = text;
  }

  override toWritable(): string {
    return this.#text;
  }
}

/** One argument as the server's protocol has it; its length is in bytes. */
function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
