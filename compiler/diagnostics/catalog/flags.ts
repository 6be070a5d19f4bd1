import { defineCatalog } from './entry.ts';
import { paragraphs, yaml } from './text.ts';

/** NT26xx: feature flags. */
export const flags = defineCatalog({
  NT2601: {
    severity: 'error',
    exit: 1,
    message: 'flag `{flag}` has no variant `{variant}`',
    explanation: paragraphs(
      '`default`, `serve` and `split` name variants of the flag. flagd would answer every such task with an error, and the agent would do what its code does without the flag.',
      'Correct the name, or add the variant.',
    ),
  },
  NT2602: {
    severity: 'error',
    exit: 1,
    message: 'variant `{variant}` of flag `{flag}` is {kind}, but `{other}` is {usual}',
    explanation: paragraphs(
      'An agent asks for a flag of one kind: a boolean, a number or a text. A variant of another kind is an error at the moment a task gets it.',
      'Give all variants values of one kind.',
      yaml('variants:', '  short: three sentences', '  long: as long as it takes'),
    ),
  },
  NT2603: {
    severity: 'error',
    exit: 1,
    message: '`{part}` cannot be part of the condition of a flag: {reason}',
    explanation: paragraphs(
      'Flags are decided in the agent, by the flagd of its language. A condition of a flag is what all of them answer alike: a field compared with given values (`==`, `!=`, `in`), `has()`, `startsWith()`, `endsWith()`, joined by `&&`, `||` and `!`.',
      'Ask for less, or let a route decide: `where` of a route can say all that conditions can.',
    ),
  },
  NT2604: {
    severity: 'error',
    exit: 1,
    message: 'rule {rule} of flag `{flag}` decides for no task',
    explanation: paragraphs(
      'No task that the fleet accepts comes to this rule: its condition contradicts itself or the input schemas, or the rules before it take every task that it would.',
      'Correct the condition, put the rule before the others, or delete it.',
    ),
  },
  NT2605: {
    severity: 'error',
    exit: 1,
    message: 'flag `{flag}` expired after {expires}',
    explanation: paragraphs(
      'A flag is two programs in one, of which one is not tested any more. After that day somebody decides.',
      'Take the choice that won into the code and delete the flag, or give it a new day.',
    ),
  },
});
