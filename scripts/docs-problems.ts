import { OPERATIONS } from '../runtime/api/operations.ts';
import { problemsOf } from '../runtime/api/problems-of.ts';
import { PROBLEMS, PROBLEM_BASE, type ProblemName } from '../runtime/api/problems.ts';

/** `docs/problems.md`: everything the scheduler's API refuses with, from the table that it answers from. */
export function problemsReference(): string {
  const names = Object.keys(PROBLEMS) as ProblemName[];
  return [
    '<!-- Made by `npm run docs` from runtime/api/problems.ts. Do not edit. -->',
    '# Problems of the API',
    `Whatever the scheduler refuses, it answers with a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). Its \`type\` is \`${PROBLEM_BASE}\` and one of the names below; a name never changes its meaning. \`detail\` says what is wrong with this request, \`errors\` where (JSON pointers), and \`instance\` is the id of the request, under which logs and the audit log have it (of many alike from an address that has not proved who calls, or of one caller that asks too often, the audit log has the first and, ten minutes later, the last with their number). Where coming back helps, \`Retry-After\` says when.`,
    'What the API does otherwise stands in [openapi.json](openapi.json).',
    ['| status | problem | |', '| --- | --- | --- |', ...names.map(row)].join('\n'),
    ...names.flatMap(section),
    '',
  ].join('\n\n');
}

function row(name: ProblemName): string {
  const [status, title] = PROBLEMS[name];
  return `| ${status} | [${name}](#${name}) | ${title} |`;
}

function section(name: ProblemName): readonly string[] {
  const [status, title, about] = PROBLEMS[name];
  const askers = OPERATIONS.filter((operation) => problemsOf(operation).includes(name)).map(({ id }) => `\`${id}\``);
  const where =
    askers.length === 0
      ? 'Before it is known which operation is asked for.'
      : askers.length === OPERATIONS.length
        ? 'From every operation.'
        : `From ${askers.join(', ')}.`;
  return [`## ${name}`, `**${status} ${title}.** ${about}`, where];
}
