import type { Json, JsonObject } from '../../spec/contract/source.ts';
import type { Origin } from './origin.ts';

/** One Kubernetes object, plain data, with the spec places its fields came from (JSON Pointer -> origin; '' is the object). */
export interface Manifest {
  readonly value: JsonObject;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** What an emitter makes: one file below `generated/<environment>/`. `path` uses `/` and never starts with one. */
export type Artifact =
  | { readonly path: string; readonly kind: 'manifests'; readonly manifests: readonly Manifest[] }
  | {
      readonly path: string;
      readonly kind: 'json';
      readonly value: Json;
      readonly origin: Origin;
      /** Where parts of the value came from: JSON Pointer -> origin. */
      readonly origins?: ReadonlyMap<string, Origin>;
    }
  | {
      readonly path: string;
      /** One YAML document that is not for Kubernetes. */
      readonly kind: 'yaml';
      readonly value: JsonObject;
      readonly origin: Origin;
      readonly origins?: ReadonlyMap<string, Origin>;
    }
  | { readonly path: string; readonly kind: 'text'; readonly text: string; readonly origin: Origin };
