const QUANTITY = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Why a value is not of a format; nothing when it is, or when the format is not one of values. */
export function formatProblem(format: string, value: string | number): string | undefined {
  if (typeof value === 'number')
    return format === 'int32' && (value < -(2 ** 31) || value >= 2 ** 31) ? 'does not fit into 32 bits' : undefined;
  if (format === 'quantity' && !QUANTITY.test(value)) return `\`${value}\` is not a quantity like \`250m\` or \`2Gi\``;
  if (format === 'date-time' && !DATE_TIME.test(value))
    return `\`${value}\` is not a time like \`2026-01-31T12:00:00Z\``;
  if (format === 'byte' && !BASE64.test(value.replace(/[\r\n]/g, ''))) return 'is not base64';
  return undefined;
}
