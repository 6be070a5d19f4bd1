import type { Kind } from './document.ts';

/** What a file below `spec/` may hold, by its place. */
export type FilePlace =
  | { readonly type: 'documents'; readonly kinds: readonly Kind[]; readonly folder: string; readonly team?: string }
  | { readonly type: 'asset'; readonly team: string }
  | { readonly type: 'ignored' }
  | { readonly type: 'misnamed' }
  | { readonly type: 'unknown'; readonly reason: string };

/** Folders that hold something else: the language itself, examples, and pins of releases. */
const IGNORED = new Set(['contract', 'examples', 'pins']);
const FOLDERS: ReadonlyMap<string, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ['environments', ['Environment']],
  ['providers', ['Provider']],
  ['tools', ['ToolServer']],
]);
const ASSET = /\.(json|md|txt)$/;
const ROOT_KINDS: readonly Kind[] = ['Company', 'Provider', 'ToolServer'];
const TEAM_KINDS: readonly Kind[] = ['Team', 'Fleet', 'Route', 'Provider', 'ToolServer', 'Schedule', 'Patch'];

/** The place of a file, from its path and nothing else. */
export function placeOf(path: string): FilePlace {
  const parts = path.split('/').slice(1);
  const [first = '', second = ''] = parts;
  if (parts.length > 1 && IGNORED.has(first)) return { type: 'ignored' };
  if (parts.some((part) => part.startsWith('.'))) return { type: 'ignored' };
  if (first === 'teams' && parts.length > 2) return teamPlace(path, second);
  if (!path.endsWith('.yaml')) return otherEnding(path);
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
  if (ASSET.test(path)) return { type: 'asset', team };
  return otherEnding(path);
}

/** A document that somebody meant to be read is no stray file: without it the rest would mean something else. */
function otherEnding(path: string): FilePlace {
  if (/\.ya?ml$/i.test(path)) return { type: 'misnamed' };
  const isAsset = !path.startsWith('spec/teams/') && ASSET.test(path);
  return { type: 'unknown', reason: isAsset ? 'schemas and prompts stand with a team' : 'only known endings are read' };
}
