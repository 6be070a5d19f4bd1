import { defineCommand } from '../command.ts';
import { exits } from '../exit.ts';
import { choice } from '../option.ts';
import { printJson } from '../json.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const explain = defineCommand({
  description:
    'Answers by what it is given:\n' +
    '  a code        the long form of a problem: why it is one and what to do\n' +
    '  a field       what it means, its type, bounds, default and examples\n' +
    '  file:line     for a generated line the place in the spec it comes from; for a spec line, or a whole spec file,\n' +
    '                everything it leads to',
  arguments: [
    {
      name: 'what',
      summary: 'A code (NT2001), a field (Fleet.spec.scale.min) or file:line[:column]',
      required: true,
      complete: 'file',
    },
  ],
  options: { format: choice(['text', 'json'], 'format', 'How to print') },
  examples: [
    { line: 'nova-torch explain NT2001', summary: 'the long form of a problem' },
    { line: 'nova-torch explain Fleet.spec.scale.min', summary: 'what a field means' },
    {
      line: 'nova-torch explain generated/prod/teams/support/triage/kubernetes.yaml:42',
      summary: 'where a line comes from',
    },
  ],
  exits: [exits.invalid, exits.denied, exits.limit],
  async run({ arguments: [what = ''], options, context }) {
    const { out } = context;
    const { isCode, explainCode, printCode } = await import('../explain/explain-code.ts');
    if (isCode(what)) {
      const explained = explainCode(what);
      if (options.format === 'json') printJson(explained, out);
      else printCode(explained, out);
      return exits.ok;
    }
    // Problems and editors name the column as well; a line has one field of interest.
    const place = /^(.+?\.(?:yaml|json|md|txt))(?::([0-9]{1,7})(?::[0-9]{1,7})?)?$/.exec(what);
    if (place !== null) {
      const { explainPlace } = await import('../explain/explain-place.ts');
      return explainPlace(
        sure(place[1], 'the file of a place'),
        place[2] === undefined ? undefined : Number(place[2]),
        options.format,
        context,
      );
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
