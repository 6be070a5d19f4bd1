import { sure } from '../../spec/contract/sure.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * Cycles of a directed graph, by Tarjan's strongly connected components without recursion: one cycle for each component
 * that has one, as the nodes in walking order, the least one first. `edges` gives the successors of a node.
 */
export function cycles(nodes: Iterable<string>, edges: (node: string) => readonly string[]): string[][] {
  const found: string[][] = [];
  for (const component of components(nodes, edges)) {
    const start = component.reduce((least, node) => (node < least ? node : least));
    if (component.length > 1 || edges(start).includes(start)) found.push(walk(start, new Set(component), edges));
  }
  return found.sort((a, b) => compareText(a.join(' '), b.join(' ')));
}

interface Frame {
  readonly node: string;
  readonly next: Iterator<string>;
}

function components(nodes: Iterable<string>, edges: (node: string) => readonly string[]): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const result: string[][] = [];
  const frames: Frame[] = [];
  const lower = (node: string, value: number) => low.set(node, Math.min(low.get(node) ?? value, value));
  const enter = (node: string) => {
    order.set(node, order.size);
    lower(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    frames.push({ node, next: edges(node)[Symbol.iterator]() });
  };
  const leave = (node: string) => {
    const parent = frames.at(-1);
    if (parent !== undefined) lower(parent.node, sure(low.get(node), 'the lowest of a node'));
    if (low.get(node) !== order.get(node)) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) isOpen.delete(member);
    result.push(component);
  };
  for (const root of nodes) {
    if (!order.has(root)) enter(root);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const step = frame.next.next();
      if (step.done === true) {
        frames.pop();
        leave(frame.node);
      } else if (!order.has(step.value)) enter(step.value);
      else if (isOpen.has(step.value)) lower(frame.node, sure(order.get(step.value), 'the order of a node'));
    }
  }
  return result;
}

/** The shortest way from `start` back to itself inside its component. */
function walk(start: string, component: ReadonlySet<string>, edges: (node: string) => readonly string[]): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of edges(node)) {
      if (next === start) return pathTo(node, cameFrom);
      if (!component.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  throw new Error('a component without a way back to its start');
}

function pathTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path: string[] = [];
  for (let node: string | undefined = end; node !== undefined; node = cameFrom.get(node)) path.unshift(node);
  return path;
}
