import type { JsonObject, SourceFile, Span } from '../../../spec/contract/source.ts';
import type { Report } from '../../diagnostics/report.ts';
import { parseFile } from '../../load/parse.ts';
import { reportDoubts } from '../../load/schema.ts';
import { nodeAt, valueOf } from '../../load/tree.ts';
import type { MapNode, TreeNode } from '../../load/tree.ts';
import { TREE_LIMITS } from './limits.ts';

/** One object of a file, and a way from its fields back to the text. */
export interface TreeObject {
  readonly file: string;
  /** Unique in the tree. */
  readonly id: string;
  readonly value: JsonObject;
  /**
   * The place of a field, a JSON Pointer; of the nearest field around it when it is not there. Of the field's name, when
   * that is what is wrong.
   */
  readonly spanOf: (field: string, part?: 'key') => Span;
}

/** What a file holds. A document that is not meant for Kubernetes (it has neither version nor kind) is only counted. */
export interface TreeFile {
  readonly objects: readonly TreeObject[];
  readonly others: number;
}

/** The objects of a file; a `List` is taken apart. What cannot be read is reported. */
export function readObjects(file: SourceFile, report: Report): TreeFile {
  const tolerant: Report = (code, ...rest) => {
    // Programs that print manifests leave empty documents behind, and every reader skips them.
    if (code !== 'NT1117' && code !== 'NT1118') report(code, ...rest);
  };
  const objects: TreeObject[] = [];
  let others = 0;
  for (const { root, broken, doubts, index } of parseFile(file, tolerant, TREE_LIMITS.documentsMax)) {
    if (root.type === 'scalar' && root.value === null) continue;
    reportDoubts(doubts, file.path, report);
    if (broken) continue;
    if (root.type !== 'map') {
      const found = root.type === 'list' ? 'a list' : 'a single value';
      report('NT3110', { file: file.path, start: root.start, end: root.end }, { number: index + 1, found });
    } else if (isForKubernetes(root)) objects.push(...takenApart(file.path, root, `${index}`));
    else others++;
  }
  return { objects, others };
}

/** Enough is there to see what it was meant to be; what is missing is reported as such. */
function isForKubernetes({ entries }: MapNode): boolean {
  return ['apiVersion', 'kind', 'metadata', 'spec'].some((key) => entries.has(key));
}

function takenApart(file: string, root: MapNode, id: string): TreeObject[] {
  const kind = root.entries.get('kind')?.value;
  const items = root.entries.get('items')?.value;
  if (kind?.type === 'scalar' && kind.value === 'List' && items?.type === 'list')
    return items.items.flatMap((item, index) => (item.type === 'map' ? objectOf(file, item, `${id}.${index}`) : []));
  return [objectOf(file, root, id)];
}

function objectOf(file: string, root: MapNode, id: string): TreeObject {
  const value = valueOf(root) as JsonObject;
  return {
    file,
    id: `${file}#${id}`,
    value,
    spanOf: (field, part) => ({ file, ...extent(root, stepsOf(field), part) }),
  };
}

function stepsOf(field: string): string[] {
  return field
    .split('/')
    .slice(1)
    .filter((step) => step !== '')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A single value is shown itself; of what goes over many lines, its key. */
function extent(root: MapNode, steps: readonly string[], part?: 'key'): { start: number; end: number } {
  const { node, entry, found } = nodeAt(root, steps);
  const byKey = entry !== undefined && (part === 'key' || !found || node.type !== 'scalar');
  const shown: TreeNode | undefined = byKey ? entry.key : found && node.type === 'scalar' ? node : undefined;
  if (shown !== undefined && shown.end > shown.start) return { start: shown.start, end: shown.end };
  if (entry !== undefined) return { start: entry.key.start, end: entry.key.end };
  const first = node.type === 'map' ? node.entries.values().next().value?.key : undefined;
  return { start: first?.start ?? node.start, end: first?.end ?? node.start };
}
