import type { SchemaNode } from '../../compiler/verify/schema/node.ts';

/**
 * A schema that we write ourselves, for what no package covers. It is closed, as all of them are: an object knows its keys,
 * or is a map.
 */
export type Schema = Core | Written;

/** A part of Kubernetes itself: `api.core.v1.Affinity`. */
interface Core {
  readonly core: string;
}

type Parts = 'props' | 'map' | 'items' | 'allOf' | 'anyOf' | 'oneOf' | 'not';

export interface Written extends Omit<SchemaNode, Parts> {
  readonly props?: Readonly<Record<string, Schema>>;
  readonly map?: Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: readonly Schema[];
}

export const text: Written = { type: 'string' };
export const integer: Written = { type: 'integer' };
export const number: Written = { type: 'number' };
export const yes: Written = { type: 'boolean' };
export const texts: Written = { type: 'array', items: text };
export const textMap: Written = { type: 'object', map: text };
/** Anything at all: what another program reads. */
export const anything: Written = {};

/** A duration of Go: `30s`, `1h30m`. */
export const duration: Written = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$' };

export function oneOf(...values: readonly string[]): Written {
  return { type: 'string', enum: values };
}

/** An object with these keys; a `!` behind a name makes it required. */
export function object(props: Readonly<Record<string, Schema>>): Written {
  const named = Object.entries(props).map(([name, part]) => [name.replace(/!$/, ''), part] as const);
  const required = Object.keys(props).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []));
  return { type: 'object', props: Object.fromEntries(named), ...(required.length === 0 ? {} : { required }) };
}

export function list(items: Schema): Written {
  return { type: 'array', items };
}

/** An object whose keys the user invents. */
export function mapOf(map: Schema): Written {
  return { type: 'object', map };
}

/** A part of Kubernetes itself: `core('v1.Affinity')`. */
export function core(name: string): Schema {
  return { core: `api.core.${name}` };
}

/** A part of Kubernetes' machinery. */
export const labelSelector: Schema = { core: 'apimachinery.pkg.apis.meta.v1.LabelSelector' };
export const intOrText: Written = { type: ['integer', 'string'] };
export const secretKey = object({ 'key!': text, name: text, optional: yes });
/** Metadata of objects that a controller makes. */
export const metadata = object({
  annotations: textMap,
  finalizers: texts,
  labels: textMap,
  name: text,
  namespace: text,
});

/** A claim as a workload makes it: it needs neither version nor kind, and its name is only the beginning of one. */
export const claimTemplate = object({
  apiVersion: oneOf('v1'),
  kind: oneOf('PersistentVolumeClaim'),
  metadata,
  'spec!': core('v1.PersistentVolumeClaimSpec'),
  status: { type: 'object' },
});

/** Where a volume comes from, without its name. */
export const volumeSource = object({
  configMap: core('v1.ConfigMapVolumeSource'),
  csi: core('v1.CSIVolumeSource'),
  emptyDir: core('v1.EmptyDirVolumeSource'),
  ephemeral: core('v1.EphemeralVolumeSource'),
  hostPath: core('v1.HostPathVolumeSource'),
  nfs: core('v1.NFSVolumeSource'),
  persistentVolumeClaim: core('v1.PersistentVolumeClaimVolumeSource'),
  projected: core('v1.ProjectedVolumeSource'),
  secret: core('v1.SecretVolumeSource'),
});

/** A kind that no package knows. */
export interface OwnKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: Schema;
  /** Whether there must be a `spec`. */
  readonly required: boolean;
  /** Where the fields do not stand in `spec`. */
  readonly beside?: Readonly<Record<string, Schema>>;
}
