import type { Kind } from './document.ts';

/** What a file below `spec/` may hold, by its place. */
export type FilePlace =
  | { readonly type: 'documents'; readonly kinds: readonly Kind[]; readonly folder: string; readonly team?: string }
  | { readonly type: 'asset'; readonly team: string }
  | { readonly type: 'ignored' }
  | { readonly type: 'unknown'; readonly reason: string };

/** Folders that hold something else: the language itself, examples, and pins of releases. */
const IGNORED = new Set(['contract', 'examples', 'pins']);
const FOLDERS: ReadonlyMap<string, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ['environments', ['Environment']],
  ['providers', ['Provider']],
  ['tools', ['ToolServer']],
]);
const ROOT_KINDS: readonly Kind[] = ['Company', 'Provider', 'ToolServer'];
const TEAM_KINDS: readonly Kind[] = ['Team', 'Fleet', 'Route', 'Provider', 'ToolServer', 'Schedule', 'Patch'];

/** The place of a file, from its path and nothing else. */
export function placeOf(path: string): FilePlace {
  const parts = path.split('/').slice(1);
  const [first = '', second = ''] = parts;
  if (parts.length > 1 && IGNORED.has(first)) return { type: 'ignored' };
  if (parts.some((part) => part.startsWith('.'))) return { type: 'ignored' };
  if (first === 'teams' && parts.length > 2) return teamPlace(path, second);
  if (!path.endsWith('.yaml')) return { type: 'unknown', reason: otherEnding(path) };
  if (parts.length === 1) return { type: 'documents', kinds: ROOT_KINDS, folder: 'spec' };
  const kinds = FOLDERS.get(first);
  if (kinds !== undefined && parts.length === 2) return { type: 'documents', kinds, folder: `spec/${first}` };
  return { type: 'unknown', reason: 'no documents belong in this folder' };
}

/** Whether nothing below the folder is ever read. */
export function isIgnoredFolder(path: string): boolean {
  return placeOf(`${path}/any.yaml`).type === 'ignored';
}

function teamPlace(path: string, team: string): FilePlace {
  if (path.endsWith('.yaml')) return { type: 'documents', kinds: TEAM_KINDS, folder: `spec/teams/${team}`, team };
  if (/\.(json|md|txt)$/.test(path)) return { type: 'asset', team };
  return { type: 'unknown', reason: otherEnding(path) };
}

function otherEnding(path: string): string {
  return path.endsWith('.yml') ? 'documents end with `.yaml`' : 'only known endings are read';
}
