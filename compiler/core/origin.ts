import type { JsonPath, Span } from '../../spec/contract/source.ts';

/** Which part of an entry a place means: its key, its value, or both. */
export type Part = 'key' | 'value' | 'entry';

/**
 * A place in a document, named by its path and located only when somebody asks: a compile without problems never
 * computes an offset, and a document that came from the cache is not parsed again.
 */
export interface Origin {
  readonly document: Locatable;
  readonly path: JsonPath;
  readonly part?: Part;
  /** A stretch of the string that stands there. */
  readonly inside?: Inside;
}

/** A stretch of a string value, in UTF-16 code units of the value: escapes and quotes of the source do not count. */
export interface Inside {
  readonly offset: number;
  readonly length: number;
}

/** Something whose values can be found in a source file. */
export interface Locatable {
  readonly file: string;
  /**
   * The span of the value at `path`, or of its nearest ancestor that was written down. With `inside`, the span of that
   * stretch of a string; the whole value where the stretch cannot be told.
   */
  locate(path: JsonPath, part?: Part, inside?: Inside): Span;
}

/** A place: located already, or named by its path. */
export type Place = Span | Origin;

/** The span of a place. */
export function spanOf(place: Place): Span {
  return 'document' in place ? place.document.locate(place.path, place.part, place.inside) : place;
}
