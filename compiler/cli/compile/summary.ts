import type { CompiledTree } from '../../incremental/compile-tree.ts';
import { counted } from '../../diagnostics/print-text.ts';
import type { Style } from '../style.ts';
import { sure } from '../../../spec/contract/sure.ts';

const HEAD = ['environment', 'fleets', 'routes', 'objects', 'changed', 'warnings'];

/** A row for each environment and a last line: what was compiled, what changed, how long it took. */
export function summaryTable(tree: CompiledTree, tookMs: number, style: Style): string {
  const { environments, written, removed, diagnostics, unchanged } = tree;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const changed = [...written, ...removed];
  const changedIn = (name: string) => changed.filter((path) => path.startsWith(`${name}/`)).length;
  const rows = environments.map(({ name, fleets, routes, objects }) =>
    [name, fleets, routes, objects, changedIn(name), warnings].map(String),
  );
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => sure(row[column], 'a cell').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => pad(cell, sure(widths[column], 'the width of a column'), column === 0))
      .join('  ')
      .trimEnd();
  // What people review; the index beside it follows it.
  const files = environments.reduce((sum, { name }) => sum + changedIn(name), 0);
  const outcome =
    changed.length === 0
      ? `${style.green('up to date')}${unchanged ? ', nothing changed since the last compile' : ''}`
      : files === 0
        ? style.green(`${counted(changed.length, 'index file')} written`)
        : `${style.green(`${counted(files, 'file')} written`)}${removed.length > 0 ? `, ${removed.length} of them removed` : ''}`;
  const took = `(${(tookMs / 1000).toFixed(1)} s)`;
  return `${style.bold(line(HEAD))}\n${rows.map((row) => `${line(row)}\n`).join('')}\n${outcome} ${took}\n`;
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
