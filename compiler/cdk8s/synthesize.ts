import { ApiObject, App, Chart } from 'cdk8s';
import type { IResolver, ResolutionContext } from 'cdk8s';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { Origin } from '../core/origin.ts';
import { Traced } from '../core/trace.ts';
import { addField, pointerTo } from './pointer.ts';
import { byApplyOrder } from './order.ts';

/** Fields that the typed props cannot say because they are younger than them: JSON Pointer -> value. */
export type YoungFields = Readonly<Record<string, Json>>;

/** Puts objects into a chart. `extend` adds fields to one of them that its props do not know. */
export type Build = (chart: Chart, extend: (object: ApiObject, fields: YoungFields) => void) => void;

/**
 * Turns one unit's constructs into manifests, with the place in the spec of every traced value.
 *
 * The linear way: one App a unit and one walk over it. Refused: `app.synth()`, which walks, validates and resolves the whole
 * App once for each chart, so that its cost grows with the square of the units (47 s for 1,000 fleets).
 */
export function synthesize(name: string, origin: Origin, build: Build): Manifest[] {
  const recorder = new Recorder();
  const app = new App({ resolvers: [recorder] });
  const chart = new Chart(app, name, { disableResourceNameHashes: true });
  const young = new Map<ApiObject, YoungFields>();
  build(chart, (object, fields) => young.set(object, fields));
  const constructs = chart.node.findAll();
  const problems = constructs.flatMap((construct) => construct.node.validate());
  if (problems.length > 0) throw new Error(`${name}: ${problems.join(', ')}`);
  const manifests = constructs
    .filter((construct) => ApiObject.isApiObject(construct))
    .map((object) => toManifest(object, young.get(object) ?? {}, origin, recorder));
  return manifests.sort(byApplyOrder);
}

function toManifest(object: ApiObject, young: YoungFields, origin: Origin, recorder: Recorder): Manifest {
  recorder.places = [];
  const value = object.toJson() as JsonObject;
  for (const [pointer, field] of Object.entries(young)) addField(value, pointer, field, recorder.places);
  const origins = new Map<string, Origin>([['', origin]]);
  for (const { key, origin: place } of recorder.places) {
    const pointer = pointerTo(value, key);
    if (pointer !== undefined) origins.set(pointer, place);
  }
  return { value: inOrder(value), origins };
}

/** A traced value was met at `key`, in the words of the props. */
export interface TracedPlace {
  readonly key: readonly string[];
  readonly origin: Origin;
}

/** Unwraps traced values where cdk8s resolves tokens, and remembers where they stood. */
class Recorder implements IResolver {
  places: TracedPlace[] = [];

  resolve(context: ResolutionContext): void {
    const value: unknown = context.value;
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Traced) {
      this.places.push({ key: context.key, origin: value.origin });
      context.replaceValue(value.raw);
    } else if (value.constructor !== Object && !Array.isArray(value) && 'value' in value) {
      // Quantities and ports: the constructor of the object reads `.value` after everything was resolved.
      context.replaceValue({ value: value.value });
    }
  }
}

const FIRST = ['apiVersion', 'kind', 'metadata', 'name'];

/** Keys in one order, whatever order they were given in: what identifies first, then by name. */
function inOrder<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((item: Json) => inOrder(item)) as unknown as T;
  if (typeof value !== 'object' || value === null) return value;
  const map = value as JsonObject;
  const first = FIRST.filter((key) => key in map);
  const rest = Object.keys(map)
    .filter((key) => !FIRST.includes(key))
    .sort();
  return Object.fromEntries([...first, ...rest].map((key) => [key, inOrder(map[key] ?? null)])) as T;
}
