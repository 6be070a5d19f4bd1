import type { JsonPath } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';

/** `spec.agent.slots`, in backticks; the document itself at its root. */
export function named(path: JsonPath): string {
  if (path.length === 0) return 'the document';
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${shown(step)}`));
  return `\`${steps.join('').replace(/^\./, '')}\``;
}

/** What a value is, in words. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (typeof value === 'string') return `the text \`${safe(value)}\``;
  return typeof value === 'number' ? `the number ${value}` : `\`${JSON.stringify(value)}\``;
}

/** A value as a message repeats it. */
export function safe(value: unknown): string {
  return shown(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Whether a value is a map of fields. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
