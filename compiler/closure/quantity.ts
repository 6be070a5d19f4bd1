/** `250m` or `2` -> millicores. */
export function parseCpuQuantity(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
}

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** `512Mi` or a plain number -> bytes. */
export function parseMemoryQuantity(text: string): number {
  const unit = UNITS[text.slice(-2)];
  return unit === undefined ? Number(text) : Number(text.slice(0, -2)) * unit;
}
