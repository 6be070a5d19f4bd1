import type { Json } from '../../spec/contract/source.ts';
import type { Origin } from './origin.ts';

/**
 * A value on its way into a manifest together with the place in the spec it came from. It travels through cdk8s as an
 * opaque leaf; the writer unwraps it and remembers `JSON Pointer -> origin`.
 *
 * Refused: a side table keyed by pointer, filled in by each emitter. It says everything twice and rots in silence.
 */
export class Traced {
  readonly raw: Json;
  readonly origin: Origin;
  constructor(raw: Json, origin: Origin) {
    this.raw = raw;
    this.origin = origin;
  }
}

/**
 * Marks `value` as coming from `origin`. The type is unchanged so that typed props accept it; the value must only be
 * passed on, never computed with.
 */
export function trace<T extends Json>(value: T, origin: Origin): T {
  return new Traced(value, origin) as unknown as T;
}
