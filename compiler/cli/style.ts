import type { Host, Sink } from './host.ts';

/** Marks up text for a terminal, or leaves it as it is. */
export interface Style {
  readonly colored: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/**
 * Colour is for terminals. NO_COLOR (https://no-color.org) turns it off whatever else is said, FORCE_COLOR turns it on
 * where there is no terminal (CI logs), and a terminal that calls itself `dumb` gets none.
 */
export function styleFor(sink: Sink, env: Host['env']): Style {
  return styles(wantsColor(sink, env));
}

function wantsColor(sink: Sink, env: Host['env']): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  const force = env['FORCE_COLOR'];
  if (force === '0' || force === 'false') return false;
  if (isSet(force)) return true;
  return sink.isTerminal && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function styles(colored: boolean): Style {
  const mark = (open: number, close: number) => (text: string) =>
    colored && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    colored,
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39),
  };
}
