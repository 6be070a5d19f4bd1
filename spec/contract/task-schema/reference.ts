/** The steps of a JSON Pointer in a fragment. */
export function stepsOf(ref: string): readonly string[] {
  return ref === '#' ? [] : ref.slice(2).split('/').map(unescaped);
}

/** One step. What is no escape stands for itself. */
function unescaped(step: string): string {
  const decoded = step.replace(/%[0-9A-Fa-f]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return decoded.replaceAll('~1', '/').replaceAll('~0', '~');
}
