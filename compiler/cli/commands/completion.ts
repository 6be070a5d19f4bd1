import { defineCommand } from '../command.ts';
import { refuse } from '../context.ts';
import { exits } from '../exit.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { meant } from '../usage.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const completion = defineCommand({
  description:
    'Prints a script that lets your shell complete commands, options, their values and the names of environments. ' +
    'The first lines of the script say where to put it.',
  arguments: [{ name: 'shell', summary: 'bash, zsh or fish', required: true, complete: shells }],
  options: {},
  examples: [
    { line: 'source <(nova-torch completion bash)', summary: 'complete in this bash session' },
    { line: 'nova-torch completion fish > ~/.config/fish/completions/nova-torch.fish', summary: 'install for fish' },
  ],
  exits: [],
  async run({ arguments: [shell = ''], context }) {
    const known = shells.find((name) => name === shell);
    if (known === undefined) {
      return refuse(context, `no completion for \`${shell}\``, [
        ...meant(nearest(shell, shells)),
        `there is bash, zsh and fish`,
      ]);
    }
    const { completionScript } = await import('../completion/script.ts');
    context.out.write(await completionScript(known));
    return exits.ok;
  },
});
