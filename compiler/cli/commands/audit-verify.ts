import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AuditAnswer } from '../../../runtime/commands/audit-verify.ts';
import { counted } from '../../diagnostics/print-text.ts';
import { defineCommand } from '../command.ts';
import type { Context, Voice } from '../context.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice, text } from '../option.ts';
import { reasonOf, systemProblem } from '../system-problem.ts';
import { printable, WordError } from '../usage.ts';

export const auditVerify = defineCommand({
  description:
    'Looks at every line of an audit log of the scheduler and names what somebody changed: edited, deleted, moved or repeated ' +
    'lines, a tail cut off, and a log that was written again as a whole. Who can read the folder has its keys: only checkpoints ' +
    'that were kept elsewhere prove that its end is there and that nothing was written again.',
  arguments: [{ name: 'dir', summary: 'The folder of the log', required: true, complete: 'directory' }],
  options: {
    anchor: text(
      'file',
      'Checkpoints kept elsewhere: lines of the scheduler’s log, or of the audit log itself',
      'file',
    ),
    key: text('file', 'The key of the chain, when it is not in the folder', 'file'),
    format: choice(['text', 'json'], 'format', 'How to print'),
  },
  examples: [
    { line: 'nova-torch audit verify /var/lib/nova-torch/audit', summary: 'has anyone changed it?' },
    {
      line: 'nova-torch audit verify audit --anchor checkpoints.jsonl',
      summary: 'and is it the one that was signed, to its end?',
    },
  ],
  exits: [exits.invalid],
  exitMeanings: { [exits.invalid]: 'somebody has changed the log, or no record is left of it' },
  async run({ arguments: [dir = ''], options, context }) {
    const { auditVerify: verify } = await import('../../../runtime/commands/audit-verify.ts');
    const answer = verify({
      dir: resolve(context.directory, dir),
      ...(options.anchor !== undefined && { anchor: given(options.anchor, context) }),
      ...(options.key !== undefined && { key: given(options.key, context) }),
    });
    if (answer.kind === 'refused') throw new WordError(answer.message, [answer.hint]);
    const { report, anchors, others } = answer;
    const { out } = context;
    if (options.format === 'json') printJson({ ...report, anchors, others }, out);
    else {
      for (const finding of report.findings.slice(0, SHOWN_MAX)) out.line(findingText(finding, out));
      const more = report.findings.length - SHOWN_MAX;
      if (more > 0) out.line(`and ${more} more; --format json shows all`);
      const size = `${counted(report.records, 'record')} in ${counted(report.files, 'file')}`;
      if (report.findings.length > 0) out.line(`${out.style.red(verdict(report))}  ${size}`);
      else {
        const proof = `signed through record ${report.provenThrough}${anchors === 0 ? ' by its own key' : ', as anchored'}`;
        out.line(
          `${out.style.green('sound')}  ${size}, ${report.provenThrough === 0 ? 'none of them signed yet' : proof}`,
        );
        if (report.firstSeq > 1) out.line(out.style.dim(beginning(report)));
        if (others > 0) out.line(out.style.dim(`${counted(others, 'checkpoint')} of other logs passed over`));
        if (anchors === 0) out.line(out.style.dim(UNPROVEN));
      }
    }
    return report.findings.length === 0 ? exits.ok : exits.invalid;
  },
});

const SHOWN_MAX = 50;

const UNPROVEN = 'without --anchor nothing proves that its end is there and that nothing was written again';

/** A pipe will do: what was kept elsewhere comes from a program that fetches it. */
function given(path: string, { directory }: Context): { readonly path: string; readonly text: string } {
  try {
    return { path, text: readFileSync(resolve(directory, path), 'utf8') };
  } catch (error) {
    if (systemProblem(error) === undefined) throw error;
    throw new WordError(`cannot read \`${path}\`: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

type AuditReport = Extract<AuditAnswer, { kind: 'report' }>['report'];

function verdict({ findings }: AuditReport): string {
  return findings.every(({ kind }) => kind === 'empty') ? 'nothing to prove' : 'not sound';
}

/** The log says itself that those before have gone, or it would not be sound. */
function beginning({ firstSeq, firstAt }: AuditReport): string {
  return `it begins with record ${firstSeq}, of ${new Date(firstAt).toISOString()}: there was no more room for those before`;
}

/** Without a place where no file is left that could be one. */
function findingText({ kind, file, line, message }: AuditReport['findings'][number], { style }: Voice): string {
  return `${style.red(kind)}  ${printable(file === '' ? message : `${file}:${line}  ${message}`)}`;
}
