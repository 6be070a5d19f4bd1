/** The value of a switch without when it was said: `<milliseconds since 1970>|<value>`, or the value alone. */
export function saidOf(held: string): string {
  return held.slice(held.indexOf('|') + 1);
}
