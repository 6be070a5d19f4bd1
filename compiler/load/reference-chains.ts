import { stepsOf } from '../../spec/contract/task-schema/reference.ts';
import { nodeAt } from './tree.ts';
import type { ScalarNode, TreeNode } from './tree.ts';

/** Most references that a validator follows one after another for one value. */
export const REFERENCES_MAX = 64;

/** Keywords whose schemas judge the same value as the schema around them, by what they hold. */
const ONE = ['not', 'if', 'then', 'else'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const MAPS = ['dependentSchemas'];

/** A reference that a validator would follow without coming closer to an end. */
export interface Endless {
  readonly node: ScalarNode;
  readonly ref: string;
  readonly where: string;
}

/**
 * The first reference among `schemas` that leads back to itself while the value in question stays the same, or on to too
 * many others. A tree whose branches are trees is none: each branch is a smaller value. Linear in the text.
 */
export function endlessReference(root: TreeNode, schemas: Iterable<TreeNode>): Endless | undefined {
  const lengths = new Map<TreeNode, number>();
  const trail = new Set<TreeNode>();
  let found: Endless | undefined;

  /** The longest chain of references from here. */
  function lengthOf(schema: TreeNode, passed: number): number {
    const known = lengths.get(schema);
    if (known !== undefined) return known;
    trail.add(schema);
    let longest = 0;
    for (const [next, reference] of nextOf(schema, root)) {
      if (found !== undefined) break;
      const where = trail.has(next) ? 'back to itself' : passed >= REFERENCES_MAX ? 'on to too many others' : undefined;
      if (where !== undefined && reference !== undefined) found = { ...reference, where };
      else if (!trail.has(next)) {
        const step = reference === undefined ? 0 : 1;
        longest = Math.max(longest, step + lengthOf(next, passed + step));
        if (passed + longest > REFERENCES_MAX && reference !== undefined && found === undefined)
          found = { ...reference, where: 'on to too many others' };
      }
    }
    trail.delete(schema);
    lengths.set(schema, longest);
    return longest;
  }

  for (const schema of schemas) if (found === undefined) lengthOf(schema, 0);
  return found;
}

type Next = readonly [schema: TreeNode, reference?: { readonly node: ScalarNode; readonly ref: string }];

function nextOf(schema: TreeNode, root: TreeNode): Next[] {
  if (schema.type !== 'map') return [];
  const at = (keyword: string) => schema.entries.get(keyword)?.value;
  const inside = [
    ...ONE.flatMap((keyword) => at(keyword) ?? []),
    ...LISTS.flatMap((keyword) => itemsOf(at(keyword))),
    ...MAPS.flatMap((keyword) => itemsOf(at(keyword))),
  ];
  const reference = at('$ref');
  const nexts: Next[] = inside.map((each) => [each]);
  if (reference?.type === 'scalar' && typeof reference.value === 'string')
    nexts.push([nodeAt(root, stepsOf(reference.value)).node, { node: reference, ref: reference.value }]);
  return nexts;
}

function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  if (node?.type === 'list') return node.items;
  return node?.type === 'map' ? [...node.entries.values()].map(({ value }) => value) : [];
}
