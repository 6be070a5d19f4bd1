/** Colours by the names that Grafana knows, on its dark ground. */
export const COLOURS: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
  text: '#ccccdc',
};

/** Colours of series, in their order. */
export const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#37872d',
  '#e0b400',
];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element; its children are elements already, or nothing. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`,
  );
  return children.length === 0
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${children.join('')}</${name}>`;
}

/** Text, cut where it would leave its width. */
export function label(text: string, x: number, y: number, some: Attributes & { readonly width?: number } = {}): string {
  const { width, ...attributes } = some;
  const size = Number(attributes['font-size'] ?? 12);
  const most = width === undefined ? Infinity : Math.floor(width / (size * 0.57));
  const shown = text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
  return element('text', { x, y, fill: '#ccccdc', 'font-size': size, ...attributes }, escaped(shown));
}

/** A line through points, or, closed, the area that they enclose. */
export function path(points: readonly (readonly [number, number])[], attributes: Attributes, closed = false): string {
  const moves = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`);
  return element('path', { d: moves.join('') + (closed ? 'Z' : ''), fill: 'none', ...attributes });
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
