import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { choice } from '../option.ts';
import { printJson } from '../json.ts';

export const explain = defineCommand({
  description:
    'Answers by what it is given:\n' +
    '  a code        the long form of a problem: why it is one and what to do\n' +
    '  a field       what it means, its type, bounds, default and examples',
  arguments: [
    { name: 'what', summary: 'A code (NT2001) or a field (Fleet.spec.scale.min)', required: true, complete: 'file' },
  ],
  options: { format: choice(['text', 'json'], 'format', 'How to print') },
  examples: [
    { line: 'nova-torch explain NT2001', summary: 'the long form of a problem' },
    { line: 'nova-torch explain Fleet.spec.scale.min', summary: 'what a field means' },
  ],
  exits: [],
  async run({ arguments: [what = ''], options, context: { out } }) {
    const { isCode, explainCode, printCode } = await import('../explain/explain-code.ts');
    if (isCode(what)) {
      const explained = explainCode(what);
      if (options.format === 'json') printJson(explained, out);
      else printCode(explained, out);
      return exits.ok;
    }
    const { readEditorSchema } = await import('../../load/read-schema.ts');
    const { languageOf } = await import('../explain/language.ts');
    const { explainField, printField } = await import('../explain/explain-field.ts');
    const explained = explainField(languageOf(JSON.parse(readEditorSchema())), what);
    if (options.format === 'json') printJson(explained, out);
    else printField(explained, out);
    return exits.ok;
  },
});
