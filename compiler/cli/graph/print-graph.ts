import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { codePointOf } from '../../../spec/contract/text.ts';
import { sure } from '../../../spec/contract/sure.ts';

const MERMAID_SHAPES: Readonly<Record<GraphNode['kind'], readonly [string, string]>> = {
  fleet: ['[', ']'],
  route: ['{{', '}}'],
  provider: ['([', '])'],
  'tool-server': ['[(', ')]'],
  schedule: ['((', '))'],
};

const MERMAID_LINES: Readonly<Record<GraphEdge['kind'], string>> = {
  sends: '-->',
  'falls-back': '-.->',
  calls: '==>',
  uses: '-->',
  submits: '-->',
};

/** A flowchart that GitHub draws. */
export function printMermaid({ nodes, edges }: Graph): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const nameOf = (id: string) => sure(names.get(id), 'a node of the graph');
  const lines = nodes.map(({ id, kind, label }) => {
    const [open, close] = MERMAID_SHAPES[kind];
    return `  ${nameOf(id)}${open}"${mermaidText(label)}"${close}`;
  });
  const arrows = edges.map(({ from, to, kind, label }) => {
    const said = label === '' ? '' : `|"${mermaidText(label)}"|`;
    return `  ${nameOf(from)} ${MERMAID_LINES[kind]}${said} ${nameOf(to)}`;
  });
  return ['flowchart LR', ...lines, ...arrows, ''].join('\n');
}

/** Mermaid reads entities inside quotes, and nothing else can end them. */
function mermaidText(text: string): string {
  return text.replace(/[^A-Za-z0-9 ,.:/_…-]/g, (character) => `#${codePointOf(character)};`);
}

const DOT_SHAPES: Readonly<Record<GraphNode['kind'], string>> = {
  fleet: 'box',
  route: 'hexagon',
  provider: 'oval',
  'tool-server': 'cylinder',
  schedule: 'circle',
};

const DOT_STYLES: Readonly<Record<GraphEdge['kind'], string>> = {
  sends: 'solid',
  'falls-back': 'dashed',
  calls: 'bold',
  uses: 'dotted',
  submits: 'solid',
};

/** A digraph for Graphviz. */
export function printDot({ environment, nodes, edges }: Graph): string {
  const lines = nodes.map(
    ({ id, kind, label }) => `  ${dotText(id)} [label=${dotText(label)}, shape=${DOT_SHAPES[kind]}];`,
  );
  const arrows = edges.map(
    ({ from, to, kind, label }) =>
      `  ${dotText(from)} -> ${dotText(to)} [label=${dotText(label)}, style=${DOT_STYLES[kind]}];`,
  );
  return [`digraph ${dotText(environment)} {`, '  rankdir=LR;', ...lines, ...arrows, '}', ''].join('\n');
}

function dotText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
