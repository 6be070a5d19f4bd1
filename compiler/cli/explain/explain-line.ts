import { basename } from 'node:path';
import type { Span } from '../../../spec/contract/source.ts';
import type { Manifest } from '../../core/artifact.ts';
import { spanOf } from '../../core/origin.ts';
import type { CheckedRepository } from '../check-repository.ts';
import { excerpt } from '../../diagnostics/frame.ts';
import type { Excerpt } from '../../diagnostics/frame.ts';
import { linesOf } from '../../diagnostics/position.ts';
import { UsageError } from '../usage.ts';
import { documentsOf, generatedFiles } from './manifests.ts';
import type { GeneratedFile } from './manifests.ts';
import { jsonPointersOf, pointersOf } from './pointer-lines.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** A place in a file, its line and the columns of that line that it takes. */
export interface LinePlace extends Excerpt {
  readonly file: string;
}

/** A generated field and the place in the spec that decides it. */
export interface ExplainedLine {
  readonly file: string;
  readonly line: number;
  readonly object: string;
  readonly field: string;
  /** The field that is traced: this one, or the nearest around it. */
  readonly traced: string;
  readonly from: LinePlace;
}

/** Where a line of a generated file comes from. Throws UsageError for a file or line that nothing is known about. */
export async function explainGenerated(
  path: string,
  line: number,
  checked: CheckedRepository,
  today: string,
): Promise<ExplainedLine> {
  const files = await generatedFiles(checked, today);
  const file = files.find((other) => other.path === path);
  if (file === undefined) throw new UsageError(`\`${path}\` is no generated file that comes from a place of the spec`);
  const lineCount = file.text.split('\n').length - 1;
  if (line < 1 || line > lineCount) throw new UsageError(`\`${path}\` has ${lineCount} lines, not ${line}`);
  const { object, origins, field } = fieldAt(file, line);
  const traced = nearestTraced(origins, field);
  const origin = sure(origins.get(traced), 'the origin of an object');
  return { file: path, line, object, field, traced, from: placeOf(spanOf(origin), checked) };
}

type Origins = Manifest['origins'];

/** What stands on a line: a field of an object, or of what a file is as a whole. */
function fieldAt(file: GeneratedFile, line: number): { object: string; origins: Origins; field: string } {
  const { path, text, manifests, whole } = file;
  if (whole?.kind === 'json') {
    const field = sure(jsonPointersOf(text.split('\n'))[line - 1], 'the pointer of a line');
    return { object: basename(path), origins: whole.origins, field };
  }
  const documents = documentsOf(text);
  const index = documents.findLastIndex(({ firstLine }) => firstLine <= line);
  const [document, manifest] = [documents[index], manifests[index]];
  const origins = whole?.origins ?? manifest?.origins;
  if (document === undefined || origins === undefined)
    throw new UsageError(`line ${line} of \`${path}\` is no part of an object`);
  const field = sure(pointersOf(document.lines)[line - document.firstLine], 'the pointer of a line');
  return { object: manifest === undefined ? basename(path) : nameOf(manifest), origins, field };
}

function nearestTraced(origins: Origins, field: string): string {
  let pointer = field;
  while (pointer !== '' && !origins.has(pointer)) pointer = pointer.slice(0, pointer.lastIndexOf('/'));
  return pointer;
}

function nameOf({ value }: Manifest): string {
  const { name = '', namespace } = value['metadata'] as { readonly name?: string; readonly namespace?: string };
  return `${String(value['kind'])} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function placeOf(span: Span, { files }: CheckedRepository): LinePlace {
  const { text } = sure(
    files.find(({ path }) => path === span.file),
    'the file of an origin',
  );
  return { file: span.file, ...excerpt(linesOf(text), span) };
}

/** What a line of the spec leads to. */
export interface Produced {
  readonly file: string;
  readonly object: string;
  readonly field: string;
}

/** Everything that the values on a line of a spec file decide. Throws UsageError for a line outside the file. */
export async function explainSpec(
  path: string,
  line: number | undefined,
  checked: CheckedRepository,
  today: string,
): Promise<Produced[]> {
  const source = checked.files.find((file) => file.path === path);
  if (source === undefined) throw new UsageError(`\`${path}\` is no file of the spec`);
  const lines = source.text.split('\n');
  if (line !== undefined && (line < 1 || line > lines.length))
    throw new UsageError(`\`${path}\` has ${lines.length} lines, not ${line}`);
  const produced: Produced[] = [];
  for (const file of await generatedFiles(checked, today)) produced.push(...producedIn(file, path, line, source.text));
  return produced;
}

function producedIn(
  { path: file, manifests, whole }: GeneratedFile,
  path: string,
  line: number | undefined,
  text: string,
): Produced[] {
  const traced: readonly (readonly [object: string, origins: Origins])[] = [
    ...manifests.map((manifest) => [nameOf(manifest), manifest.origins] as const),
    ...(whole === undefined ? [] : [[basename(file), whole.origins] as const]),
  ];
  return traced.flatMap(([object, origins]) =>
    [...origins].flatMap(([field, origin]) => {
      if (origin.document.file !== path) return [];
      const { start } = spanOf(origin);
      const at = text.slice(0, start).split('\n').length;
      return line === undefined || at === line ? [{ file, object, field: field === '' ? '/' : field }] : [];
    }),
  );
}
