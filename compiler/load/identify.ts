import type { Span } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Report } from '../diagnostics/report.ts';
import { KINDS } from './document.ts';
import type { Kind } from './document.ts';
import type { FilePlace } from './places.ts';
import { nodeAt, valueOf } from './tree.ts';
import type { Entry, MapNode, TreeNode } from './tree.ts';
import { typeName } from './wording.ts';
import { sure } from '../../spec/contract/sure.ts';

const API_VERSION = 'nova-torch.dev/v1';

/** What a document says it is, as far as that can be read. */
export interface Identity {
  readonly kind?: Kind;
  readonly name?: string;
  readonly nameAt: Span;
  /** Kind, place and version are right: the schema of the kind may judge the rest. */
  readonly sound: boolean;
}

type DocumentPlace = Extract<FilePlace, { type: 'documents' }>;

/** Reads kind, version and name before any schema is asked: a document of an unknown kind has none. */
export function identify(root: TreeNode, file: string, place: DocumentPlace, report: Report): Identity {
  if (root.type !== 'map') {
    const at = { file, start: root.start, end: root.end };
    if (root.type !== 'scalar' || root.value !== null) {
      report('NT1214', at, { found: typeName(valueOf(root)) });
    }
    return { nameAt: at, sound: false };
  }
  const { node: nameNode, found } = nodeAt(root, ['metadata', 'name']);
  const nameAt = { file, start: nameNode.start, end: nameNode.end };
  const kind = kindOf(root, file, report);
  const versionKnown = checkVersion(root, file, report);
  const placed = kind !== undefined && checkPlace(kind, root, file, place, report);
  const name = found && nameNode.type === 'scalar' ? nameNode.value : undefined;
  return {
    ...(kind !== undefined && { kind }),
    ...(typeof name === 'string' && { name }),
    nameAt,
    sound: placed && versionKnown && root.entries.has('kind'),
  };
}

function kindOf(root: MapNode, file: string, report: Report): Kind | undefined {
  const entry = root.entries.get('kind') ?? misspelt('kind', root, file, report);
  if (entry === undefined) {
    report('NT1202', firstKey(root, file), { place: 'the document', fields: '`kind`' }, { notes: [ALLOWED_KINDS] });
    return undefined;
  }
  const { value: node } = entry;
  const at = { file, start: node.start, end: node.end };
  const value = node.type === 'scalar' ? node.value : undefined;
  if (typeof value !== 'string') {
    report('NT1203', at, { place: '`kind`', expected: 'text', found: typeName(valueOf(node)) });
    return undefined;
  }
  const kind = KINDS.find((known) => known === value);
  if (kind !== undefined) return kind;
  const meant = nearest(value, KINDS);
  report(
    'NT1209',
    at,
    { kind: shown(value) },
    {
      notes: [ALLOWED_KINDS],
      ...(meant !== undefined && {
        label: `did you mean \`${meant}\`?`,
        fix: { title: `writes \`${meant}\``, edits: [{ at, text: meant }] },
      }),
    },
  );
  return undefined;
}

/** What a document holds, whatever its kind. */
const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'environments'];

/** The entry that was meant to be called `field`, which is reported; nothing when there is none. */
function misspelt(field: string, root: MapNode, file: string, report: Report): Entry | undefined {
  const near = [...root.entries].find(([name]) => !FIELDS.includes(name) && nearest(name, [field]) !== undefined);
  if (near === undefined) return undefined;
  const [name, entry] = near;
  const at = { file, start: entry.key.start, end: entry.key.end };
  report(
    'NT1201',
    at,
    { field: shown(name), place: 'the document' },
    {
      label: `did you mean \`${field}\`?`,
      notes: [`allowed: ${FIELDS.join(', ')}`],
      fix: { title: `renames it to \`${field}\``, edits: [{ at, text: field }] },
    },
  );
  return entry;
}

const ALLOWED_KINDS = `kinds: ${KINDS.join(', ')}`;

function checkVersion(root: MapNode, file: string, report: Report): boolean {
  const entry = root.entries.get('apiVersion');
  if (entry === undefined && misspelt('apiVersion', root, file, report) !== undefined) return false;
  if (entry === undefined) {
    const at = firstKey(root, file);
    const edit = { at: { file, start: root.start, end: root.start }, text: `apiVersion: ${API_VERSION}\n` };
    const fix = isBlockRoot(root) ? { fix: { title: 'adds it', edits: [edit] } } : {};
    report('NT1202', at, { place: 'the document', fields: '`apiVersion`' }, fix);
    return false;
  }
  const { value: node } = entry;
  if (node.type === 'scalar' && node.value === API_VERSION) return true;
  report('NT1210', { file, start: node.start, end: node.end }, { found: typeName(valueOf(node)) });
  return false;
}

/** Keys of a block map are as many as its lines; `{` begins a flow map before its first key. */
function isBlockRoot(root: MapNode): boolean {
  const first = [...root.entries.values()][0];
  return first !== undefined && first.key.start === root.start;
}

function checkPlace(kind: Kind, root: MapNode, file: string, place: DocumentPlace, report: Report): boolean {
  if (place.kinds.includes(kind)) return true;
  const { value: node } = sure(root.entries.get('kind'), 'the kind of a document');
  const notes = [`kinds that can: ${place.kinds.join(', ')}`];
  report('NT1211', { file, start: node.start, end: node.end }, { kind, folder: place.folder }, { notes });
  return false;
}

function firstKey(root: MapNode, file: string): Span {
  const first = [...root.entries.values()][0]?.key ?? root;
  return { file, start: first.start, end: first.end };
}
