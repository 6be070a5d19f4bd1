import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import type { Report } from '../diagnostics/report.ts';
import { checkCharacters } from './characters.ts';
import { checkConflict } from './conflict.ts';
import { KINDS } from './document.ts';
import type { Kind, LoadedSpec, SpecDocument } from './document.ts';
import { identify } from './identify.ts';
import { parseFile } from './parse.ts';
import { placeOf } from './places.ts';
import type { FilePlace } from './places.ts';
import { salvage } from './salvage.ts';
import { reportDoubts, validateDocument } from './schema.ts';
import { checkSecrets } from './secrets.ts';
import type { TreeNode } from './tree.ts';
import { documentFromCache } from './spec-document.ts';
import { compareText } from '../../spec/contract/text.ts';
import { sure } from '../../spec/contract/sure.ts';

type DocumentPlace = Extract<FilePlace, { type: 'documents' }>;

/** What one file holds. It depends on nothing but the file, so it may be kept for as long as the file is unchanged. */
export interface LoadedFile {
  readonly documents: readonly SpecDocument[];
  /** Documents that failed; `*` for the name of one whose name, or even kind, could not be read. */
  readonly broken: readonly { readonly kind: Kind; readonly id: string }[];
}

/**
 * Turns texts into documents: parsed, known by kind, valid by schema, unique by name. All problems are reported. `unread` are
 * files and folders that are there and could not be read, as was reported. `onFile` is told before each file.
 */
export function loadSpec(
  files: readonly SourceFile[],
  report: Report,
  unread: readonly string[] = [],
  onFile: (done: number, of: number) => void = () => undefined,
): LoadedSpec {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  const assets = new Map<string, SourceFile>();
  const loaded: LoadedFile[] = [];
  const lost = [...unread];
  for (const [index, file] of sorted.entries()) {
    onFile(index, sorted.length);
    const place = placeOf(file.path);
    if (place.type === 'documents') loaded.push(loadFile(file, report));
    if (place.type !== 'asset') continue;
    if (loadAsset(file, report)) assets.set(file.path, file);
    else lost.push(file.path);
  }
  return { ...joinFiles(loaded, report, lost), assets };
}

/** The documents of one file. Call it only for a place that holds documents. */
export function loadFile(file: SourceFile, report: Report): LoadedFile {
  const place = placeOf(file.path);
  if (place.type !== 'documents') throw new Error(`${file.path} holds no documents`);
  const secretFree = checkSecrets(file, report);
  const documents: SpecDocument[] = [];
  const broken: { kind: Kind; id: string }[] = [];
  const textOf = () => file.text;
  const all = parseFile(file, report);
  const lose = (kind: Kind | undefined, name: string | undefined) => {
    for (const each of kind === undefined ? place.kinds : [kind])
      broken.push({ kind: each, id: idOf(each, name, place) });
  };
  // A file that says nothing may have said anything before an accident.
  if (all.length === 0) {
    const parts = salvage(file.text);
    for (const { kind, name } of parts) lose(kind, name);
    if (parts.length === 0) lose(undefined, undefined);
  }
  for (const parsed of all) {
    // What a broken document lacks may be what was refused.
    const { kind, name, sound } = identify(parsed.root, file.path, place, parsed.broken ? () => undefined : report);
    if (kind === undefined) {
      if (!isEmpty(parsed.root) || all.every(({ root }) => isEmpty(root))) lose(undefined, name);
      continue;
    }
    if (parsed.broken) reportDoubts(parsed.doubts, file.path, report);
    const valid = sound && !parsed.broken ? validateDocument(kind, parsed, file.path, report) : undefined;
    const { team } = place;
    if (valid !== undefined && name !== undefined && secretFree) {
      const data = { file: file.path, index: parsed.index, kind, name, ...(team !== undefined && { team }), ...valid };
      const document = documentFromCache(data, textOf);
      if (isTeamName(document, report)) documents.push(document);
      else lose(kind, name);
    } else lose(kind, place.kinds.includes(kind) ? name : undefined);
  }
  return { documents, broken };
}

function isEmpty(root: TreeNode): boolean {
  return root.type === 'scalar' && root.value === null;
}

/** What the schema of every kind asks of a name. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** A name that none can be was meant to be another one, which others may use. */
function idOf(kind: Kind, name: string | undefined, { team }: DocumentPlace): string {
  if (kind === 'Team' && team !== undefined) return team;
  if (name === undefined || !NAME.test(name)) return '*';
  return team === undefined ? name : `${team}/${name}`;
}

/** Whether a prompt or a schema may be used. What a schema says is checked where a fleet refers to it. */
export function loadAsset(file: SourceFile, report: Report): boolean {
  const secretFree = checkSecrets(file, report);
  const whole = checkConflict(file.path, file.text, report);
  return checkCharacters(file.path, file.text, report) && secretFree && whole;
}

/** Puts files together: names must be unique, and every team's folder must have its Team. */
export function joinFiles(
  files: readonly LoadedFile[],
  report: Report,
  unread: readonly string[] = [],
): Omit<LoadedSpec, 'assets'> {
  const broken = new Set(files.flatMap((file) => file.broken.map(({ kind, id }) => `${kind}:${id}`)));
  for (const path of unread) for (const one of heldBy(path)) broken.add(one);
  const kept = new Map<string, SpecDocument>();
  for (const document of files.flatMap((file) => file.documents)) {
    const key = `${document.kind}:${document.id}`;
    const first = kept.get(key);
    if (first === undefined) kept.set(key, document);
    else {
      reportTwice(document, first, report);
      // One of the two was meant to be called otherwise.
      broken.add(`${document.kind}:*`);
    }
  }
  checkTeams([...kept.values()], broken, report);
  return { documents: [...kept.values()], broken };
}

/** What may stand in a file or folder that was not read. */
function heldBy(path: string): readonly string[] {
  const place = placeOf(path.replace(/\.ya?ml$/i, '.yaml'));
  if (place.type === 'asset') return [`File:${path}`];
  if (place.type === 'documents') return place.kinds.map((kind) => `${kind}:*`);
  return [...KINDS, 'File'].map((kind) => `${kind}:*`);
}

function reportTwice(document: SpecDocument, first: SpecDocument, report: Report): void {
  const { kind, name } = document;
  report(
    'NT1212',
    nameOf(document),
    { kind, name },
    { label: 'again here', related: [{ message: 'first here', at: nameOf(first) }] },
  );
}

function checkTeams(documents: readonly SpecDocument[], broken: ReadonlySet<string>, report: Report): void {
  const reported = new Set<string>();
  const folders = new Set<string>();
  for (const document of documents) {
    if (document.kind !== 'Team') continue;
    const team = sure(document.team, 'the team of a Team');
    folders.add(team);
    if (document.name === team) continue;
    const params = { kind: document.kind, folder: `spec/teams/${team}`, expected: team };
    report('NT1216', nameOf(document), { ...params, name: shown(document.name) });
  }
  for (const document of documents) {
    const { team } = document;
    if (team === undefined || folders.has(team) || reported.has(team)) continue;
    if (broken.has(`Team:${team}`) || broken.has('Team:*')) continue;
    reported.add(team);
    report('NT1213', nameOf(document), { folder: `spec/teams/${team}` });
  }
}

/** Whether the folder of a Team can name it. */
function isTeamName(document: SpecDocument, report: Report): boolean {
  const { kind, team } = document;
  if (kind !== 'Team' || team === undefined || NAME.test(team)) return true;
  report('NT1219', nameOf(document), { folder: shown(`spec/teams/${team}`) }, { notes: renamed(team) });
  return false;
}

/** How a folder gets the name that is nearest to its own. */
function renamed(team: string): readonly string[] {
  const words = team.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join('-').replace(/^[0-9-]+/, '');
  return name === '' ? [] : [`\`git mv '${shown(`spec/teams/${team}`)}' spec/teams/${name}\` gives it one`];
}

function nameOf(document: SpecDocument): Span {
  return document.locate(['metadata', 'name']);
}
