/** Figures of one run, each beside its target, printed as one table. */
export interface Figures {
  /** `most` and `least` are targets; without one the figure is only told. */
  row(what: string, figure: number, unit: string, target?: Target): void;
  /** Prints the table; the process ends with 1 when a target was missed. */
  print(): void;
}

export interface Target {
  readonly most?: number;
  readonly least?: number;
}

export type Row = readonly [what: string, measured: string, target: string, mark: string];

export function figures(): Figures {
  const rows: Row[] = [];
  return {
    row: (what, figure, unit, target) =>
      rows.push([what, `${told(figure)} ${unit}`, wanted(target), mark(figure, target)]),
    print: () => {
      for (const line of lines(rows)) console.log(line);
      if (rows.some((cells) => cells[3] === MISSED)) process.exitCode = 1;
    },
  };
}

const MISSED = 'MISSED';

function told(figure: number): string {
  if (Number.isInteger(figure)) return String(figure);
  return Math.abs(figure) < 10 ? figure.toFixed(figure < 1 ? 3 : 2) : String(Math.round(figure));
}

function wanted({ most, least }: Target = {}): string {
  if (most !== undefined) return `<= ${most}`;
  return least === undefined ? '' : `>= ${least}`;
}

/** What is no number has missed every target. */
export function mark(figure: number, target: Target | undefined): string {
  if (target === undefined) return '';
  return figure <= (target.most ?? Infinity) && figure >= (target.least ?? -Infinity) ? 'ok' : MISSED;
}

/** As wide as the widest of each column. */
export function lines(rows: readonly Row[]): readonly string[] {
  const width = (column: 0 | 1 | 2): number => Math.max(0, ...rows.map((cells) => cells[column].length));
  return rows.map(([what, figure, target, word]) =>
    `${what.padEnd(width(0))}  ${figure.padStart(width(1))}  ${target.padEnd(width(2))}  ${word}`.trimEnd(),
  );
}
