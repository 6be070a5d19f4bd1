/** Breaks text into lines of at most `width` characters; a line that begins with a space is left alone. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(' ') ? [line] : fill(line, width)));
}

function fill(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}

/** Two columns, the second wrapped and aligned; both indented by two. */
export function columns(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(32, Math.max(...rows.map(([term]) => term.length)));
  const room = Math.max(30, width - left - 4);
  return rows.flatMap(([term, meaning]) => {
    const [first = '', ...rest] = wrap(meaning, room);
    const head =
      term.length > left ? [`  ${term}`, `  ${' '.repeat(left)}  ${first}`] : [`  ${term.padEnd(left)}  ${first}`];
    return [...head, ...rest.map((line) => `  ${' '.repeat(left)}  ${line}`)].map((line) => line.trimEnd());
  });
}
