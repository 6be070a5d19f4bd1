import { inspect } from 'node:util';

export const REDACTED = '[redacted]';

/** A text that shows itself only to who asks for it by name: not to JSON, not to a template, not to `console`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
