import type { CompanyModel, EnvironmentFacts } from '../core/model.ts';
import type { JsonObject, SourceFile } from '../../spec/contract/source.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Kind, LoadedSpec, SpecDocument } from '../load/document.ts';
import { loadSchema } from '../load/json-schema.ts';
import { validateMerged } from '../load/schema.ts';
import { merge, nodeOf } from './layers.ts';
import type { Layer } from './layers.ts';
import type { Node } from '../core/model.ts';
import { sure } from '../../spec/contract/sure.ts';
import { compareText } from '../../spec/contract/text.ts';

/** What resolving the whole spec shares: its documents by kind, and files that were read as schemas once. */
export interface SpecContext {
  readonly spec: LoadedSpec;
  readonly report: Report;
  /** Documents of a kind, sorted by id. */
  readonly of: (kind: Kind) => readonly SpecDocument[];
  readonly find: (kind: Kind, id: string) => SpecDocument | undefined;
  /** Whether a document of that name, or a file, was or may have been written but is not valid: references to it are not reported again. */
  readonly isBroken: (kind: Kind | 'File', id: string) => boolean;
  readonly schemaOf: (file: SourceFile) => JsonObject | undefined;
}

/** What resolving one environment shares. */
export interface EnvironmentContext extends SpecContext {
  readonly environment: string;
  readonly facts: EnvironmentFacts;
  readonly company: CompanyModel;
  /** Layers of defaults, the highest first. */
  readonly defaults: (part: 'fleet' | 'task' | 'route') => readonly Layer[];
  /** The same, merged upon the language's. */
  readonly base: { readonly fleet: unknown; readonly task: unknown; readonly route: unknown };
}

/** Indexes a spec by kind and id. */
export function specContext(spec: LoadedSpec, report: Report): SpecContext {
  const byKind = new Map<Kind, Map<string, SpecDocument>>();
  const sorted = [...spec.documents].sort((a, b) => compareText(a.id, b.id));
  for (const document of sorted) {
    const documents = byKind.get(document.kind) ?? new Map<string, SpecDocument>();
    byKind.set(document.kind, documents.set(document.id, document));
  }
  const schemas = new Map<string, JsonObject | undefined>();
  const schemaOf = (file: SourceFile) => {
    if (!schemas.has(file.path)) schemas.set(file.path, loadSchema(file, report));
    return schemas.get(file.path);
  };
  return {
    spec,
    report,
    of: (kind) => [...(byKind.get(kind)?.values() ?? [])],
    find: (kind, id) => byKind.get(kind)?.get(id),
    isBroken: (kind, id) => spec.broken.has(`${kind}:${id}`) || spec.broken.has(`${kind}:*`),
    schemaOf,
  };
}

/** A document's spec in one environment, complete. */
export interface Laid<Spec> {
  readonly spec: Spec;
  readonly node: Node;
}

/**
 * Lays a document's overlay upon its spec, and both upon `base`. Nothing when an overlay made it invalid, which was
 * reported at the overlay.
 */
export function lay<Spec>(
  document: SpecDocument,
  environment: string,
  base: unknown,
  defaults: readonly Layer[],
  report: Report,
): Laid<Spec> | undefined {
  const { spec, environments } = document.value as Written;
  const overlay = environments?.[environment];
  const own: Layer = { document, base: ['spec'], value: spec };
  const over: Layer = { document, base: ['environments', environment], value: overlay };
  const node = nodeOf(document, [...(overlay === undefined ? [] : [over]), own, ...defaults]);
  if (overlay !== undefined) {
    const whole = merge(spec, overlay);
    if (!validateMerged(document.kind, whole, (path, part) => node.from(path, part), report)) return undefined;
  }
  return { spec: merge(base, spec, overlay) as Spec, node };
}

interface Written {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: unknown;
  readonly environments?: Readonly<Record<string, unknown>>;
}

/** The team of a document whose kind only teams write. */
export function teamOf({ kind, team }: SpecDocument): string {
  return sure(team, `the team of a ${kind}`);
}

/** Labels of a document. */
export function labelsOf(document: SpecDocument): Readonly<Record<string, string>> {
  return (document.value as Written).metadata.labels ?? {};
}

/** Names of the environments a document has overlays for. */
export function overlaysOf(document: SpecDocument): readonly string[] {
  return Object.keys((document.value as Written).environments ?? {});
}
