/** Most characters of a reason that are kept; the API refuses more. */
const CHARACTERS_MAX = 200;
/** What ends a line, is not seen, or is half a character. What joins and parts letters is seen. */
const UNSEEN = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Z}])+/gu;

/**
 * What somebody gave as a reason, as the store keeps it: on one line, and all but printable ASCII escaped as in a URL, so that it
 * is token text but for its length. `readReason` gives it back.
 */
export function reasonText(text: string): string {
  const line = [...text.replace(UNSEEN, ' ').trim()].slice(0, CHARACTERS_MAX).join('');
  return line === '' ? 'other' : line.replace(/[^!-$&-{}~]/gu, encodeURIComponent);
}

/** A reason as it was given. What is no such text stands for itself: an earlier version cut them. */
export function readReason(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
