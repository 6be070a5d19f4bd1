import type { Span } from '../../spec/contract/source.ts';
import type { Code } from './catalog.ts';

/** `error` stops the compile; `warning` does not, unless `--strict`. */
export type Severity = 'error' | 'warning';

/** Replaces `at` in its file by `text`. */
export interface TextEdit {
  readonly at: Span;
  readonly text: string;
}

/** A change that is certain to be right; `nova-torch fix` applies it. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Another place that belongs to the problem. */
export interface Related {
  readonly message: string;
  readonly at: Span;
}

/** A problem in what people wrote, or in what would have been generated from it. A mistake is data, never an exception. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** One sentence, lower case, no full stop; names in backticks. */
  readonly message: string;
  readonly at: Span;
  /** A short text under the caret: usually `did you mean ...?`. */
  readonly label?: string;
  readonly related: readonly Related[];
  /** What happens if it stays, or what to do, one line each. */
  readonly notes: readonly string[];
  readonly fix?: Fix;
}
