/**
 * Patterns of a task's schema, which are those of ECMA-262 with `u`, written for an engine whose time grows with the text
 * alone. The engine of JavaScript tries one way after the other: `[a-z]+@` takes seconds for a long text without an `@`,
 * and whoever submits a task chooses the text.
 *
 * Glossary
 * - state: a place in the pattern where a match can stand; repetitions count as often as they repeat
 */

/** Most repetitions that RE2 counts. */
const REPEATS_MAX = 1000;
/** With more, each character of a text takes its time. */
const STATES_MAX = 2000;

/** A pattern as RE2 takes it. It finds what the given one finds. */
export interface LinearPattern {
  readonly text: string;
  readonly states: number;
}

/** The same pattern for RE2, or why there is none. The pattern is a regular expression with `u`. */
export function linearPattern(pattern: string): LinearPattern | string {
  try {
    const { text, states } = new Translation(pattern).whole();
    return states <= STATES_MAX ? { text, states } : `it has more than ${STATES_MAX} states, repetitions counted`;
  } catch (error) {
    if (error instanceof Untranslatable) return error.message;
    throw error;
  }
}

class Untranslatable extends Error {}

/** White space as ECMA-262 has it; RE2 knows only that of ASCII. */
const SPACE = String.raw`\t\n\x{b}\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const NO_SPACE = String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
const ANY_OF_LINE = String.raw`[^\n\r\x{2028}\x{2029}]`;
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', '0': '\0' };
/** Names that mean the same to both engines. */
const CATEGORY = /^\{(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|Cc|Cf|Co)\}/;

/** Reads a pattern once, from left to right. */
class Translation {
  readonly #rest: string;
  #at = 0;

  constructor(pattern: string) {
    this.#rest = pattern;
  }

  whole(): LinearPattern {
    return this.#alternatives();
  }

  #alternatives(): LinearPattern {
    let text = '';
    let states = 1;
    while (this.#at < this.#rest.length && !this.#sees(')')) {
      if (this.#takes('|')) {
        text += '|';
        states += 1;
        continue;
      }
      const term = this.#repeated(this.#term());
      text += term.text;
      states += term.states;
    }
    return { text, states };
  }

  #term(): LinearPattern {
    if (this.#takes('(')) return this.#group();
    if (this.#takes('[')) return one(this.#class());
    if (this.#takes('\\')) return one(this.#escape());
    const character = this.#character();
    if (character === '.') return one(ANY_OF_LINE);
    return one(character === '^' || character === '$' ? character : literal(character));
  }

  /** Groups are there to hold together: nobody asks what they held. */
  #group(): LinearPattern {
    if (this.#takes('?') && !this.#takes(':')) {
      const name = /^<[^=!>][^>]*>/.exec(this.#rest.slice(this.#at))?.[0];
      if (name === undefined) throw new Untranslatable('it holds a group that sets flags or looks around');
      this.#at += name.length;
    }
    const { text, states } = this.#alternatives();
    this.#at += 1;
    return { text: `(?:${text})`, states };
  }

  #repeated({ text, states }: LinearPattern): LinearPattern {
    const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.#rest.slice(this.#at));
    if (found === null) return { text, states };
    const [written, least, comma, most = ''] = found;
    this.#at += written.length;
    if (least === undefined) return { text: text + written, states: states + 1 };
    const times = Math.max(Number(least) + (comma === undefined || most !== '' ? 0 : 1), Number(most));
    if (times > REPEATS_MAX) throw new Untranslatable(`it repeats something more than ${REPEATS_MAX} times`);
    return { text: text + written, states: states * times + 1 };
  }

  /** What stands between brackets. */
  #class(): string {
    const not = this.#takes('^');
    let text = '';
    while (!this.#takes(']')) {
      text += this.#classAtom();
      if (this.#sees('-') && this.#rest[this.#at + 1] !== ']') {
        this.#at += 1;
        text += `-${this.#classAtom()}`;
      }
    }
    if (text !== '') return `[${not ? '^' : ''}${text}]`;
    return not ? String.raw`[\x{0}-\x{10ffff}]` : String.raw`[^\x{0}-\x{10ffff}]`;
  }

  #classAtom(): string {
    if (!this.#takes('\\')) return hex(this.#character());
    if (this.#takes('s')) return SPACE;
    if (this.#takes('S')) return NO_SPACE;
    return this.#takes('b') ? hex('\b') : this.#escape();
  }

  #escape(): string {
    const character = this.#character();
    if ('dDwWbB'.includes(character)) return `\\${character}`;
    if (character === 's') return `[${SPACE}]`;
    if (character === 'S') return `[^${SPACE}]`;
    if (character === 'p' || character === 'P') return `\\${character}${this.#category()}`;
    if (character === 'u') return hex(this.#unicode());
    if (character === 'x') return hex(String.fromCodePoint(Number.parseInt(this.#take(/^[0-9A-Fa-f]{2}/), 16)));
    if (character === 'c') return hex(String.fromCodePoint(this.#character().charCodeAt(0) % 32));
    return hex(CONTROLS[character] ?? character);
  }

  #category(): string {
    const found = CATEGORY.exec(this.#rest.slice(this.#at))?.[0];
    if (found === undefined) throw new Untranslatable('it names a property of characters that is no general category');
    this.#at += found.length;
    return found;
  }

  /** `\u{1F600}`, `\u00e9`, or a pair of halves. */
  #unicode(): string {
    if (this.#takes('{')) return String.fromCodePoint(Number.parseInt(this.#take(/^[0-9A-Fa-f]+\}/), 16));
    const first = Number.parseInt(this.#take(/^[0-9A-Fa-f]{4}/), 16);
    const low = /^\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/.exec(this.#rest.slice(this.#at))?.[1];
    if (low === undefined || first < 0xd800 || first >= 0xdc00) return String.fromCharCode(first);
    this.#at += low.length + 2;
    return String.fromCharCode(first, Number.parseInt(low, 16));
  }

  #take(expected: RegExp): string {
    const [found] = expected.exec(this.#rest.slice(this.#at)) as RegExpExecArray;
    this.#at += found.length;
    return found;
  }

  #character(): string {
    const character = String.fromCodePoint(this.#rest.codePointAt(this.#at) as number);
    this.#at += character.length;
    return character;
  }

  #sees(character: string): boolean {
    return this.#rest[this.#at] === character;
  }

  #takes(character: string): boolean {
    const found = this.#sees(character);
    if (found) this.#at += 1;
    return found;
  }
}

function one(text: string): LinearPattern {
  return { text, states: 1 };
}

function literal(character: string): string {
  return /[A-Za-z0-9_ ]/.test(character) ? character : hex(character);
}

function hex(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code >= 0xd800 && code < 0xe000) throw new Untranslatable('it holds half of a character');
  return `\\x{${code.toString(16)}}`;
}
