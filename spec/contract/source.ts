/**
 * Where things stand in what people wrote.
 *
 * Glossary
 * - source file: a text below `spec/`, named by its path from the repository's root, always with `/`
 * - span: a stretch of one source file, in UTF-16 code units, end exclusive
 * - path: the keys and indexes that lead from a document's root to a value
 */

/** A text as it was read. `path` is relative to the repository's root and uses `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A stretch of a source file: offsets in UTF-16 code units, `end` exclusive. Line and column are computed only to print. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Keys and list indexes from a document's root to one of its values. */
export type JsonPath = readonly (string | number)[];

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}
