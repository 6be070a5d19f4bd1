import type { Decision, RouteTrial } from '../../../spec/contract/match.ts';
import type { RuleTrial } from '../../../spec/contract/match-rules.ts';
import { counted } from '../../diagnostics/print-text.ts';
import type { Voice } from '../context.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Most routes that are shown one by one; those of other task types are counted. */
const TRIALS_MAX = 40;

/** What happened to a task: every route that was tried, rule by rule, and where it went. */
export function printDecision(trials: readonly RouteTrial[], decision: Decision, { line, style }: Voice): void {
  const ofType = trials.filter(({ rules }) => rules.some(({ rule, holds }) => rule === 'task' && holds));
  for (const { route, matches, rules } of ofType.slice(0, TRIALS_MAX)) {
    line(`${matches ? style.green('takes  ') : style.dim('passes ')} ${route}`);
    for (const rule of rules) line(`         ${rule.holds ? 'yes' : style.red('no ')}  ${ruleText(rule)}`);
  }
  const others = trials.length - ofType.length;
  if (others > 0) line(style.dim(`${counted(others, 'route')} of other task types passed over`));
  line();
  if (decision.route === undefined) return line(style.red('no route takes this task'));
  for (const { fleet, weight } of decision.candidates) line(`  may go to   ${fleet} (weight ${weight})`);
  for (const { fleet, reason, skill } of decision.excluded)
    line(
      `  cannot go   ${fleet}: ${reason.replaceAll('-', ' ')}${skill === undefined ? '' : ` (${skillText(skill)})`}`,
    );
  if (decision.fleet === undefined)
    line(style.red(`route ${decision.route.id} takes it, and no fleet of it can run it`));
  else
    line(
      style.green(
        `goes to ${decision.fleet}, build ${sure(decision.build, 'the build')}, priority ${sure(decision.priority, 'the priority')}`,
      ),
    );
}

function ruleText(rule: RuleTrial): string {
  if (rule.rule === 'task') return `task is ${rule.wanted.join(' or ')}`;
  if (rule.rule === 'label')
    return `label ${rule.name} is ${rule.wanted}${rule.holds ? '' : `, got ${rule.got ?? 'none'}`}`;
  return rule.wanted;
}

function skillText({ skill, template, wanted, got }: NonNullable<Decision['excluded'][number]['skill']>): string {
  return `needs ${skill ?? template} at ${wanted}, has ${got ?? 'none'}`;
}
