import { parseExpression } from '../../spec/contract/expression-parser.ts';
import { sure } from '../../spec/contract/sure.ts';
import type { ConditionModel } from '../core/model.ts';
import type { Origin } from '../core/origin.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Report } from '../diagnostics/report.ts';

/** A condition over a task; nothing when it cannot be read, which was reported at the character. */
export function readCondition(text: string, at: Origin, report: Report): ConditionModel | undefined {
  const parsed = parseExpression(text);
  if (!('kind' in parsed)) return { text, expression: parsed.expression, at };
  const { message, offset, length, word, candidates, hint } = parsed;
  const meant = word === undefined ? undefined : nearest(word, sure(candidates, 'what a word may have been'));
  const details = {
    ...(meant === undefined ? {} : { label: `did you mean \`${meant}\`?` }),
    notes: hint === undefined ? [] : [hint],
  };
  report('NT5010', { ...at, inside: { offset, length } }, { problem: message }, details);
  return undefined;
}
