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
import { pointersOf } from './pointer-lines.ts';
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
  if (file === undefined) throw new UsageError(`\`${path}\` is not a generated file of manifests`);
  const lineCount = file.text.split('\n').length - 1;
  if (line < 1 || line > lineCount) throw new UsageError(`\`${path}\` has ${lineCount} lines, not ${line}`);
  const documents = documentsOf(file.text);
  const index = documents.findLastIndex(({ firstLine }) => firstLine <= line);
  const [document, manifest] = [documents[index], file.manifests[index]];
  if (document === undefined || manifest === undefined)
    throw new UsageError(`line ${line} of \`${path}\` is no part of an object`);
  const field = sure(pointersOf(document.lines)[line - document.firstLine], 'the pointer of a line');
  const traced = nearestTraced(manifest, field);
  const origin = sure(manifest.origins.get(traced), 'the origin of an object');
  return { file: path, line, object: nameOf(manifest), field, traced, from: placeOf(spanOf(origin), checked) };
}

function nearestTraced({ origins }: Manifest, field: string): string {
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
  { path: file, manifests }: GeneratedFile,
  path: string,
  line: number | undefined,
  text: string,
): Produced[] {
  return manifests.flatMap((manifest) =>
    [...manifest.origins].flatMap(([field, origin]) => {
      if (origin.document.file !== path) return [];
      const { start } = spanOf(origin);
      const at = text.slice(0, start).split('\n').length;
      return line === undefined || at === line
        ? [{ file, object: nameOf(manifest), field: field === '' ? '/' : field }]
        : [];
    }),
  );
}
