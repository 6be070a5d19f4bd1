import { spanOf } from '../core/origin.ts';
import type { Place } from '../core/origin.ts';
import { entryOf } from './catalog.ts';
import type { Code, Params } from './catalog.ts';
import type { Diagnostic, TextEdit } from './diagnostic.ts';

/** What a reporter may add to a problem. */
export interface Details {
  readonly label?: string;
  readonly related?: readonly { readonly message: string; readonly at: Place }[];
  readonly notes?: readonly string[];
  readonly fix?: { readonly title: string; readonly edits: readonly { readonly at: Place; readonly text: string }[] };
}

/** Says that there is a problem, and goes on. */
export type Report = <C extends Code>(code: C, at: Place, params: Params<C>, details?: Details) => void;

/** A report that collects. The diagnostics are in the order in which they were reported. */
export function collector(): { readonly report: Report; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { diagnostics, report: (code, at, params, details) => diagnostics.push(diagnose(code, at, params, details)) };
}

/** The message of a code with its parameters in their places. */
export function messageOf(code: Code, params: Readonly<Record<string, string | number>>): string {
  return entryOf(code).message.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
}

function diagnose<C extends Code>(code: C, at: Place, params: Params<C>, details: Details = {}): Diagnostic {
  return {
    code,
    severity: entryOf(code).severity,
    message: messageOf(code, params),
    at: spanOf(at),
    ...(details.label === undefined ? {} : { label: details.label }),
    related: (details.related ?? []).map(({ message, at: place }) => ({ message, at: spanOf(place) })),
    notes: details.notes ?? [],
    ...(details.fix === undefined ? {} : { fix: { title: details.fix.title, edits: details.fix.edits.map(located) } }),
  };
}

function located(edit: { readonly at: Place; readonly text: string }): TextEdit {
  return { at: spanOf(edit.at), text: edit.text };
}
