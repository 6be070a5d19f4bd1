/**
 * The JSON Pointer of each line of a document that our own writer rendered: two spaces a level, lists as `- ` at the level
 * of their key plus one. Lines of one value have the pointer of the innermost field that begins on them.
 */
export function pointersOf(lines: readonly string[]): string[] {
  const stack: Level[] = [];
  return lines.map((line) => {
    // An empty line stands inside a text.
    let indent = line === '' ? Number.MAX_SAFE_INTEGER : line.search(/\S/);
    while ((stack.at(-1)?.indent ?? -1) > indent) stack.pop();
    let rest = line.slice(indent);
    while (rest.startsWith('- ') || rest === '-') {
      nextItem(stack, indent);
      rest = rest.slice(2);
      indent += 2;
    }
    const key = /^("(?:[^"\\]|\\.)*"|[^:\s]+):(?: |$)/.exec(rest)?.[1];
    if (key !== undefined) {
      while ((stack.at(-1)?.indent ?? -1) >= indent) stack.pop();
      stack.push({ indent, step: key.startsWith('"') ? (JSON.parse(key) as string) : key });
    }
    return pointer(stack.map(({ step }) => step));
  });
}

/** The JSON Pointer of each line of JSON with two spaces a level: that of the value which begins or ends on it. */
export function jsonPointersOf(lines: readonly string[]): string[] {
  const steps: (string | number)[] = [];
  /** What encloses a depth: a list, or a map. */
  const inList: boolean[] = [];
  return lines.map((line) => {
    const rest = line.trimStart();
    const depth = (line.length - rest.length) / 2;
    if (/^[}\]]/.test(rest)) {
      steps.length = depth;
    } else if (depth > 0) {
      const key = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0] ?? '""';
      const last = steps.length >= depth ? steps[depth - 1] : -1;
      const step = inList[depth] === true ? Number(last) + 1 : (JSON.parse(key) as string);
      steps.length = depth - 1;
      steps.push(step);
    }
    if (/[[{]$/.test(rest)) inList[depth + 1] = rest.endsWith('[');
    return pointer(steps);
  });
}

function pointer(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Level {
  readonly indent: number;
  readonly step: string | number;
}

/** A dash begins the next item of the list at its indent; an item's own keys stand two further right. */
function nextItem(stack: Level[], indent: number): void {
  const last = stack.at(-1);
  let step = 0;
  if (last !== undefined && last.indent === indent && typeof last.step === 'number') {
    step = last.step + 1;
    stack.pop();
  }
  stack.push({ indent, step });
}
