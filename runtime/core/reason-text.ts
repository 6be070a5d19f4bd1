const LENGTH_MAX = 96;

/** What somebody gave as a reason, as a token text that people still read: `not needed` becomes `not_needed`. */
export function reasonText(text: string): string {
  const words = text.replace(/[^!-{}~]+/g, '_').replace(/^_+|_+$/g, '');
  return words === '' ? 'other' : words.slice(0, LENGTH_MAX);
}
