import type { Json, JsonObject, JsonPath } from '../../spec/contract/source.ts';
import type { Gap } from './refused.ts';

/**
 * What the proof needs to know about the objects of one unit: small plain data, kept with the unit, so that units that did
 * not change are proven again without being made again.
 *
 * Glossary
 * - object: `Kind namespace/name`, or `Kind name` for what has no namespace
 * - place: where in the fleet's spec the value comes from; empty for what no spec value decides
 * - selector: labels that must all be found on a pod, in a namespace
 */
export interface UnitFacts {
  readonly objects: readonly string[];
  readonly namespaces: readonly string[];
  readonly pods: readonly PodFacts[];
  readonly selectors: readonly SelectorFacts[];
  readonly references: readonly ReferenceFacts[];
  readonly ports: readonly PortFacts[];
  readonly flows: readonly FlowFacts[];
  readonly quotas: readonly QuotaFacts[];
  readonly problems: readonly ProblemFacts[];
  /** Where something may be missing only because an object was refused; absent where none was. */
  readonly gaps?: readonly Gap[];
}

export interface PodFacts {
  readonly object: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export type Labels = Readonly<Record<string, string>>;

/** Something that selects pods: it must find one. */
export interface SelectorFacts {
  readonly object: string;
  readonly field: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly place: JsonPath;
}

/** Something that names another object. */
export interface ReferenceFacts {
  readonly object: string;
  readonly field: string;
  readonly to: string;
  readonly place: JsonPath;
}

/** Something that names a port of the pods it selects, by name or number. */
export interface PortFacts {
  readonly object: string;
  readonly field: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly port: string | number;
  readonly place: JsonPath;
}

/** A way that a NetworkPolicy opens: between pods it selects and pods elsewhere. */
export interface FlowFacts {
  readonly object: string;
  readonly direction: 'in' | 'out';
  readonly namespace: string;
  readonly labels: Labels;
  /** The namespace of the other side, by its `kubernetes.io/metadata.name`; `*` when it may be any. */
  readonly peerNamespace: string;
  readonly peerLabels: Labels;
  /** No ports: all of them. */
  readonly ports: readonly (string | number)[];
}

/** What a ResourceQuota allows. */
export interface QuotaFacts {
  readonly object: string;
  readonly namespace: string;
  readonly pods?: number;
  readonly cpuMillis?: number;
  readonly memoryBytes?: number;
}

/** What the API server would refuse: by a schema, or by a rule that no schema says. */
export interface ProblemFacts {
  readonly code: 'NT3007' | 'NT3101' | 'NT3102' | 'NT3103' | 'NT3104';
  readonly object: string;
  readonly field: string;
  readonly reason: string;
  /** What was probably meant. */
  readonly near?: string;
  readonly place: JsonPath;
}

/** A value of a manifest, by keys; nothing where one of them is missing. */
export function at(value: Json | undefined, ...keys: readonly (string | number)[]): Json | undefined {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}

export function listAt(value: Json | undefined, ...keys: readonly (string | number)[]): readonly Json[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: Json | undefined, ...keys: readonly (string | number)[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

export function labelsAt(value: Json | undefined, ...keys: readonly (string | number)[]): Labels | undefined {
  const found = at(value, ...keys);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Labels) : undefined;
}

/** Whether all labels of the selector are on the pod. */
export function covers(selector: Labels, pod: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => pod[name] === value);
}

/** The name of an object as facts use it. */
export function nameOf(value: JsonObject): string {
  const namespace = textAt(value, 'metadata', 'namespace');
  const name = textAt(value, 'metadata', 'name') ?? '';
  return `${String(value['kind'])} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
