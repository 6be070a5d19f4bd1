import type { JsonPath, Span } from '../../spec/contract/source.ts';
import type { Inside, Part } from '../core/origin.ts';
import type { Kind, SpecDocument } from './document.ts';
import { insideScalar } from './inside.ts';
import { parseFile } from './parse.ts';
import { nodeAt } from './tree.ts';
import type { TreeNode } from './tree.ts';

/** A document without its text: plain data that a cache may keep. */
export interface DocumentData {
  readonly file: string;
  readonly index: number;
  readonly kind: Kind;
  readonly name: string;
  readonly team?: string;
  readonly value: unknown;
}

/**
 * A document from its data and a way to its text. The text is asked for, and parsed, only when somebody wants a place in
 * it; documents of one file should share one `textOf`.
 */
export function documentFromCache(data: DocumentData, textOf: () => string): SpecDocument {
  const { file, index, kind, name, team, value } = data;
  let root: TreeNode | undefined;
  return {
    file,
    index,
    kind,
    name,
    ...(team !== undefined && { team }),
    id: team === undefined ? name : kind === 'Team' ? team : `${team}/${name}`,
    value,
    locate: (path, part, inside) => {
      root ??= parseFile({ path: file, text: textOf() }, () => undefined)[index]?.root;
      if (root === undefined) throw new Error(`${file} has no document ${index} any more`);
      return (inside && spanInside(root, file, textOf(), path, part, inside)) ?? spanIn(root, file, path, part);
    },
  };
}

/** The span of what stands at `path`, or of its nearest ancestor; an ancestor is shown by its key. */
function spanIn(root: TreeNode, file: string, path: JsonPath, part: Part = 'value'): Span {
  const { node, entry, found } = nodeAt(root, path);
  if (entry !== undefined && part === 'entry') return { file, start: entry.key.start, end: node.end };
  const shownNode = entry !== undefined && (part === 'key' || !found || isBlock(node)) ? entry.key : node;
  return { file, start: shownNode.start, end: shownNode.end };
}

/** The span of a stretch of the string at `path`, or of its key; nothing where it cannot be told. */
function spanInside(
  root: TreeNode,
  file: string,
  text: string,
  path: JsonPath,
  part: Part | undefined,
  inside: Inside,
): Span | undefined {
  const { node, entry, found } = nodeAt(root, path);
  const scalar = part === 'key' ? entry?.key : node;
  if (!found || scalar?.type !== 'scalar' || typeof scalar.value !== 'string') return undefined;
  const place = insideScalar(text.slice(scalar.start, scalar.end), scalar.value, inside);
  return place && { file, start: scalar.start + place.start, end: scalar.start + place.end };
}

/** A whole block under a caret would tell nothing: its key does. */
function isBlock(node: TreeNode): boolean {
  return node.type !== 'scalar' && node.end - node.start > 200;
}
