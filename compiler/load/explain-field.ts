import type { JsonPath } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Subject } from './explain-schema.ts';
import { followed } from './schema-source.ts';
import type { Schema } from './schema-source.ts';
import { named } from './wording.ts';

/**
 * Fields of `allowed` that are not there and that others, which the schema does not know, were most likely meant to be: they
 * are not missing as well.
 */
export function meantFields(allowed: readonly string[], map: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const free = freeOf(allowed, map);
  const unknown = Object.keys(map).filter((name) => !allowed.includes(name));
  return new Set(unknown.flatMap((name) => nearest(name, free) ?? []));
}

function freeOf(allowed: readonly string[], map: Readonly<Record<string, unknown>>): readonly string[] {
  return allowed.filter((name) => !Object.hasOwn(map, name));
}

/** A field the schema does not know. The fix is certain when exactly one field that is not there yet is near. */
export function explainUnknownField(
  field: string,
  { properties, meant }: { readonly properties: Readonly<Record<string, Schema>>; readonly meant: string | undefined },
  map: Readonly<Record<string, unknown>>,
  path: JsonPath,
  subject: Subject,
): void {
  const { report } = subject;
  const allowed = Object.keys(properties);
  const at = subject.place([...path, field], 'key');
  if (field === 'team') {
    report('NT1215', at, {}, { notes: ['the team is the folder below `spec/teams/`'] });
    return;
  }
  const free = freeOf(allowed, map);
  const near = free.filter((name) => nearest(field, [name]) !== undefined);
  const best = nearest(field, free) ?? meant;
  const certain = best !== undefined && near.length === 1 && best === near[0];
  report(
    'NT1201',
    at,
    { field: shown(field), place: named(path) },
    {
      ...labelOf(best ?? placeOf(field, properties)),
      notes: [`allowed: ${[...allowed].sort().join(', ')}`],
      ...(certain && { fix: { title: `renames it to \`${best}\``, edits: [{ at, text: best }] } }),
    },
  );
}

function labelOf(meant: string | undefined): { readonly label?: string } {
  return meant === undefined ? {} : { label: `did you mean \`${meant}\`?` };
}

/** The one field beside it that has a field of this name: then it stands one level too high. */
function placeOf(field: string, properties: Readonly<Record<string, Schema>>): string | undefined {
  const places = Object.keys(properties).filter((name) =>
    Object.hasOwn(followed(properties[name] ?? {}).properties ?? {}, field),
  );
  return places.length === 1 ? `${places[0]}.${field}` : undefined;
}
