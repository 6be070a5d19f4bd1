import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { printJson } from '../json.ts';
import { choice } from '../option.ts';

export const doctor = defineCommand({
  description:
    'Looks at what the command needs (Node.js, Git, the repository, the spec, the generated files) and says what to do ' +
    'where something is missing. Add its output to a bug report.',
  arguments: [],
  options: { format: choice(['text', 'json'], 'format', 'How to print') },
  examples: [{ line: 'nova-torch doctor', summary: 'is everything as it should be?' }],
  exits: [exits.invalid],
  async run({ options, context }) {
    const { findRepository } = await import('../../load/read-workspace.ts');
    const { examine } = await import('../doctor/examine.ts');
    const findings = await examine(findRepository(context.directory), context.host, context.host.node);
    const { line, style } = context.out;
    if (options.format === 'json') printJson(findings, context.out);
    else {
      const paint = { ok: style.green, warn: style.yellow, fail: style.red };
      for (const { what, state, found, todo } of findings) {
        line(`${paint[state](state.padEnd(4))}  ${what.padEnd(10)}  ${found}`);
        if (todo !== undefined) line(`                  ${todo}`);
      }
    }
    return findings.some(({ state }) => state === 'fail') ? exits.invalid : exits.ok;
  },
});
