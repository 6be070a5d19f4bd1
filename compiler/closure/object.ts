import type { Json, JsonPath } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { PatchModel } from '../core/model.ts';
import type { Origin } from '../core/origin.ts';
import { at, nameOf, textAt } from './facts.ts';

/** One object on its way into facts: its value, its name and a way back to the spec. */
export interface ClosureObject {
  readonly value: Manifest['value'];
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /**
   * Where the spec says what stands at this field (`/spec/...`), or at the nearest field around it: a path inside the fleet,
   * or `[PATCH, <id>, ...]` and a path inside a patch.
   */
  readonly placeOf: (field: string) => JsonPath;
}

/** First key of a place that a patch decided. No field of a fleet has this name. */
export const PATCH = 'patch';

export function closureObject({ value, origins }: Manifest, patches: readonly PatchModel[] = []): ClosureObject {
  return {
    value,
    kind: textAt(value, 'kind') ?? '',
    name: nameOf(value),
    namespace: textAt(value, 'metadata', 'namespace') ?? '',
    placeOf: (field) => {
      for (let pointer = field; pointer !== ''; pointer = pointer.slice(0, pointer.lastIndexOf('/'))) {
        const origin = origins.get(pointer);
        if (origin !== undefined) return [...inPatch(origin, patches), ...inSpec(origin.path)];
      }
      // A patch that decides a part of the field says more than the fleet's name.
      for (const [pointer, origin] of patches.length === 0 ? [] : origins) {
        const patch = inPatch(origin, patches);
        if (patch.length > 0 && pointer.startsWith(`${field}/`)) return [...patch, ...inSpec(origin.path)];
      }
      return [];
    },
  };
}

function inPatch({ document }: Origin, patches: readonly PatchModel[]): JsonPath {
  const patch = patches.find(({ at: name }) => name.document === document);
  return patch === undefined ? [] : [PATCH, patch.id];
}

/** The path inside the spec, whether it was written in the document or in an overlay of it. */
function inSpec(path: JsonPath): JsonPath {
  if (path[0] === 'spec') return path[1] === 'defaults' ? path.slice(3) : path.slice(1);
  return path[0] === 'environments' ? path.slice(2) : [];
}

/** Where the pod template of a workload stands: its pointer and its value. */
export function templateOf(object: ClosureObject): { readonly field: string; readonly template: Json } | undefined {
  if (object.kind === 'CronJob') {
    const template = at(object.value, 'spec', 'jobTemplate', 'spec', 'template');
    return template === undefined ? undefined : { field: '/spec/jobTemplate/spec/template', template };
  }
  const template = at(object.value, 'spec', 'template');
  return template === undefined || !WORKLOADS.has(object.kind) ? undefined : { field: '/spec/template', template };
}

/** Kinds whose `spec.template` makes pods. */
const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout']);
