/**
 * Writes constants (`local NAME = 7` or `local A, B = 1, 'x'` at the margin, names in capitals) into the places of a script that
 * use them; lines keep their numbers. The older Lua makes all functions anew in every call of a script, and searches for each
 * outer name that each of them uses: thirty names less take a tenth of what a small batch costs.
 */
export function foldConstants(source: string): string {
  const values = new Map<string, string>();
  const lines = source.split('\n').map((line) => {
    const [, names, literals] = DECLARATION.exec(line) ?? [];
    if (names === undefined || literals === undefined) return line;
    const [left, right] = [names.split(', '), literals.split(', ')];
    if (left.length !== right.length) return line;
    for (const [index, name] of left.entries()) values.set(name, right[index] ?? '');
    return '';
  });
  return lines.join('\n').replace(TOKEN, (token) => values.get(token) ?? token);
}

const NAME = '[A-Z][A-Z_0-9]*';
const LITERAL = String.raw`(?:\d+|'[^',]*')`;
const DECLARATION = new RegExp(`^local (${NAME}(?:, ${NAME})*) = (${LITERAL}(?:, ${LITERAL})*)$`);
/** Texts and comments are left as they are. */
const TOKEN = new RegExp(String.raw`'[^'\n]*'|--[^\n]*|\b${NAME}\b`, 'g');
