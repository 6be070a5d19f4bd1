/**
 * A value that is there because of what the code before did. Where it is not, that is a bug of ours: the program stops
 * instead of going on with a guess. `what` names the value in the error.
 */
export function sure<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
