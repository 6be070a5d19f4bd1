import type { JsonPath } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Subject } from './explain-schema.ts';
import { named } from './wording.ts';

/** A field the schema does not know. The fix is certain when exactly one field that is not there yet is near. */
export function explainUnknownField(
  field: string,
  allowed: readonly string[],
  map: Readonly<Record<string, unknown>>,
  path: JsonPath,
  subject: Subject,
): void {
  const { report } = subject;
  const at = subject.place([...path, field], 'key');
  if (field === 'team') {
    report('NT1215', at, {}, { notes: ['the team is the folder below `spec/teams/`'] });
    return;
  }
  const free = allowed.filter((name) => !Object.hasOwn(map, name));
  const near = free.filter((name) => nearest(field, [name]) !== undefined);
  const best = nearest(field, free);
  const certain = near.length === 1 && best !== undefined;
  report(
    'NT1201',
    at,
    { field: shown(field), place: named(path) },
    {
      ...(best !== undefined && { label: `did you mean \`${best}\`?` }),
      notes: [`allowed: ${[...allowed].sort().join(', ')}`],
      ...(certain && { fix: { title: `renames it to \`${best}\``, edits: [{ at, text: best }] } }),
    },
  );
}
