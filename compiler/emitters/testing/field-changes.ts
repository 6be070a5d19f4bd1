import { CONSUMERS } from '../../../spec/contract/consumers.ts';
import { compile } from '../../compile.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { printText } from '../../diagnostics/print-text.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';

/** A text that stands in the spec exactly once, and what it becomes. */
export type Change = readonly [from: string, to: string];

/** Fields that name this emitter as their consumer, sorted. */
export function fieldsOf(emitter: string): readonly string[] {
  return Object.keys(CONSUMERS)
    .filter((field) => CONSUMERS[field]?.includes(`emitter:${emitter}`))
    .sort();
}

/**
 * What an emitter makes of the base company of the cases with `spec` laid over it, for `prod`, as one text; with a change,
 * after it. When the compile stops, its problems.
 */
export async function emittedText(
  made: readonly string[],
  spec: Readonly<Record<string, string>>,
  change: Change = ['', ''],
): Promise<string> {
  const files = changed(spec, change);
  const result = await compile({ files, today: CASE_DAY, environments: ['prod'] }, stages);
  const rendered = result.environments.flatMap(({ units }) => units.flatMap((unit) => unit.files));
  const own = rendered.filter(({ emitter }) => made.includes(emitter)).map(({ path, text }) => `${path}\n${text}`);
  return own.length > 0 ? own.join('\n') : printText(result.diagnostics, files);
}

function changed(spec: Readonly<Record<string, string>>, [from, to]: Change) {
  const all = new Map([...caseFiles('base').map(({ path, text }) => [path, text] as const), ...Object.entries(spec)]);
  const held = [...all].filter(([, text]) => from !== '' && text.includes(from));
  if (from !== '' && (held.length !== 1 || held[0]?.[1].split(from).length !== 2))
    throw new Error(`${from} is not there once`);
  return [...all].map(([path, text]) => ({ path, text: from === '' ? text : text.replace(from, to) }));
}
