import type { Model } from '../core/model.ts';
import type { Report } from '../diagnostics/report.ts';
import type { LoadedSpec } from '../load/document.ts';
import type { Asked } from './fleet-check.ts';

/** What rules look at: the resolved company, and what was read, for what does not reach the model. */
export interface Subject {
  readonly model: Model;
  readonly spec: LoadedSpec;
  /** The day of the compile, `YYYY-MM-DD`: it decides what has expired. */
  readonly today: string;
  /** Which fleets the rules of one fleet look at; all when absent. */
  readonly asked?: Asked;
}

/** Looks at everything and reports; pure. A rule knows nothing of other rules and stands without them. */
export type Rule = (subject: Subject, report: Report) => void;
