import { KINDS } from './document.ts';
import type { Kind } from './document.ts';

/** What a document that cannot be parsed seems to be. */
export interface Salvaged {
  readonly kind: Kind;
  readonly name: string;
}

const KIND = /^["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]{1,20})/m;
const NAME = /^(?:metadata[ \t]*:[ \t]*\{[^\n]{0,200}?\bname|[ \t]{1,8}name)[ \t]*:[ \t]*["']?([a-z][a-z0-9-]{0,62})/m;

/**
 * Kinds and names in a text that is not YAML, by their looks. It only serves to keep quiet about references to documents
 * that exist and were reported already; nothing is compiled from a guess.
 */
export function salvage(text: string): readonly Salvaged[] {
  return text.split(/^---/m, 65).flatMap((part) => {
    const kind = KINDS.find((known) => known === KIND.exec(part)?.[1]);
    const name = NAME.exec(part)?.[1];
    return kind === undefined || name === undefined ? [] : [{ kind, name }];
  });
}
