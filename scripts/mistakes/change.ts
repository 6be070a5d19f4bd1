/** A change of a file of the example company: its text, its name, or its end. Paths are those below `spec/`. */
type Change = (files: Map<string, string>) => void;

export const changed =
  (path: string, from: string | RegExp, to: string): Change =>
  (files) => {
    const text = files.get(path) ?? '';
    const after = typeof from === 'string' ? text.replace(from, () => to) : text.replace(from, to);
    if (after === text) throw new Error(`${path} does not hold ${String(from)}`);
    files.set(path, after);
  };

export const removed =
  (path: string): Change =>
  (files) => {
    if (!files.delete(path)) throw new Error(`there is no ${path}`);
  };

export const moved =
  (path: string, to: string): Change =>
  (files) => {
    files.set(to, files.get(path) ?? '');
    removed(path)(files);
  };

/** What somebody does wrong, how the company changes by it, and everything that is said: `file:line:column code message`. */
export type Mistake = readonly [what: string, changes: readonly Change[], said: readonly string[]];
