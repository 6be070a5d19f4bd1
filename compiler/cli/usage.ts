/** A mistake in how the command was called. It ends in exit code 2 and never in a stack trace. */
export class UsageError extends Error {
  /** What to do instead, one line each. */
  readonly hints: readonly string[];
  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.hints = hints;
  }
}

/** A word that was given cannot be meant, or one is missing. The command's help says what can be given, and so it is named. */
export class WordError extends UsageError {
  /** The same, said of a command by its name. */
  of(command: string): UsageError {
    return new UsageError(this.message, [...this.hints, `see: ${command} --help`]);
  }
}

/** The parser's words in ours: names in backticks, its suggestion as a hint. */
export function reword(message: string): WordError {
  const [first = '', ...rest] = message
    .replace(/^error: /, '')
    .replace(/'([^'\n]*)'/g, '`$1`')
    .split('\n');
  const hints = rest.map((line) => line.replace(/^\(Did you mean (.+)\?\)$/, 'did you mean `$1`?'));
  return new WordError(first.replace(/\.$/, ''), hints);
}

/** A hint for a name that is near a valid one, or none. */
export function meant(suggestion: string | undefined): readonly string[] {
  return suggestion === undefined ? [] : [`did you mean \`${suggestion}\`?`];
}

/** Text that a terminal shows as it is: control and direction characters become escapes. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}
