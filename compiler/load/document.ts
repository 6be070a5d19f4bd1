import type { Locatable } from '../core/origin.ts';
import type { SourceFile } from '../../spec/contract/source.ts';

/** Kinds of documents, in the order in which they are explained. */
export const KINDS = [
  'Company',
  'Environment',
  'Team',
  'Fleet',
  'Route',
  'Provider',
  'ToolServer',
  'Schedule',
  'Patch',
] as const;
export type Kind = (typeof KINDS)[number];

/** One document of a spec file that passed its schema. `value` is plain data with null-prototype objects, frozen. */
export interface SpecDocument<Value = unknown> extends Locatable {
  /** Path of the file, `spec/teams/support/triage.yaml`. */
  readonly file: string;
  /** Position among the documents of the file. */
  readonly index: number;
  readonly kind: Kind;
  readonly name: string;
  /** The team that owns it, from the path; nothing for company-wide documents. */
  readonly team?: string;
  /** `<team>/<name>`, or the name of a company-wide document. */
  readonly id: string;
  readonly value: Value;
}

/** Everything that was read: valid documents, the identities of broken ones, and the files documents refer to. */
export interface LoadedSpec {
  readonly documents: readonly SpecDocument[];
  /**
   * What was written but cannot be used: `<Kind>:<id>` of documents that failed, `<Kind>:*` for one whose name nobody knows,
   * `File:<path>` of schemas and prompts, `File:*` for a folder. A name that leads to one of them is not reported again.
   */
  readonly broken: ReadonlySet<string>;
  /** Schemas and prompts, by path. */
  readonly assets: ReadonlyMap<string, SourceFile>;
}
