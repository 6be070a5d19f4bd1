import type { JsonObject } from '../../../spec/contract/source.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { KINDS } from '../../load/document.ts';
import { defineCommand } from '../command.ts';
import { refuse } from '../context.ts';
import { exits } from '../exit.ts';
import { kindSchema } from '../schema-of-kind.ts';
import { printJson } from '../json.ts';
import { choice, text } from '../option.ts';
import { meant } from '../usage.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const schema = defineCommand({
  description:
    'Prints the JSON Schema (draft 2020-12) of the whole language, or of one kind of document. Editors complete, describe ' +
    'and check what you write from it; `nova-torch init` writes it to `nova-torch.schema.json`.',
  arguments: [{ name: 'kind', summary: 'Only this kind: Fleet, Route, ...', required: false, complete: KINDS }],
  options: {
    out: text('file', 'Write it to this file', 'file'),
    format: choice(['text', 'json'], 'format', 'With `--out`: say nothing, or in JSON what was written'),
  },
  examples: [
    { line: 'nova-torch schema --out nova-torch.schema.json', summary: 'renew the schema of this repository' },
    { line: 'nova-torch schema Fleet', summary: 'the schema of one kind' },
  ],
  exits: [],
  async run({ arguments: [kind], options, context }) {
    const { readEditorSchema } = await import('../../load/read-schema.ts');
    const whole = readEditorSchema();
    const bundle = JSON.parse(whole) as JsonObject;
    const chosen = kind === undefined ? undefined : kindSchema(bundle, kind);
    if (chosen !== undefined && 'kinds' in chosen) {
      return refuse(context, `there is no kind \`${kind}\``, [
        ...meant(nearest(sure(kind, 'the kind'), chosen.kinds)),
        `kinds are ${chosen.kinds.join(', ')}`,
      ]);
    }
    const printed = chosen === undefined ? whole : `${JSON.stringify(chosen.schema, null, 2)}\n`;
    if (options.out === undefined) {
      context.out.write(printed);
      return exits.ok;
    }
    const { outFile } = await import('../out-file.ts');
    const path = outFile(options.out, 'the schema is', context);
    const { writeFileAtomic } = await import('../../output/write-file.ts');
    await writeFileAtomic(path, printed);
    if (options.format === 'json') printJson({ version: 1, exit: exits.ok, written: [options.out] }, context.out);
    return exits.ok;
  },
});
