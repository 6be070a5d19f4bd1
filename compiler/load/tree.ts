import { bareMap } from '../core/bare-map.ts';

/**
 * What a YAML or JSON text says and where. Offsets are UTF-16 code units of the text, ends exclusive. A quoted scalar
 * includes its quotes. The tree lives as long as a file is being checked; documents keep only their values.
 */
export type TreeNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly type: 'scalar';
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** Set for a plain scalar that must not be accepted as it is: unless its field says something better. */
  readonly doubt?: Doubt;
}

/** `number`: a number in an unusual form. `text`: text that YAML 1.1 takes for something else. */
export interface Doubt {
  readonly kind: 'number' | 'text';
  readonly text: string;
  /** What a YAML 1.1 reader sees. */
  readonly other: string;
}

export interface ListNode {
  readonly type: 'list';
  readonly start: number;
  readonly end: number;
  readonly items: readonly TreeNode[];
}

export interface MapNode {
  readonly type: 'map';
  readonly start: number;
  readonly end: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

/** Plain, frozen data; maps inherit nothing. */
export function valueOf(node: TreeNode): unknown {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'list') return Object.freeze(node.items.map(valueOf));
  const map = bareMap();
  for (const [key, entry] of node.entries) map[key] = valueOf(entry.value);
  return Object.freeze(map);
}

/** The node at `path`, or its nearest ancestor that exists; `entry` is the last step's key when the step was found. */
export function nodeAt(
  root: TreeNode,
  path: readonly (string | number)[],
): { readonly node: TreeNode; readonly entry?: Entry; readonly found: boolean } {
  let node = root;
  let entry: Entry | undefined;
  for (const step of path) {
    const next = node.type === 'map' ? node.entries.get(String(step)) : undefined;
    const item = node.type === 'list' ? node.items[Number(step)] : undefined;
    const child = next?.value ?? item;
    if (child === undefined) return { node, ...(entry && { entry }), found: false };
    node = child;
    entry = next;
  }
  return { node, ...(entry && { entry }), found: true };
}
