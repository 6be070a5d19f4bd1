/**
 * Text as a string of HCL, the language of policies: it never ends its literal and never interpolates.
 * Control characters, which no path of a secret may hold, are written as escapes all the same.
 */
export function hclString(text: string): string {
  const escaped = JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', () => '%%{')
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  // JSON writes these two shorter than HCL knows them.
  return escaped.replace(/\\(.)/g, (whole, letter: string) =>
    letter === 'b' ? '\\u0008' : letter === 'f' ? '\\u000c' : whole,
  );
}

/** Text as a string of a Go template: `{{` and `}}` inside it end nothing either. */
export function goString(text: string): string {
  return JSON.stringify(text)
    .replace(/[{}]/g, (brace) => (brace === '{' ? '\\x7b' : '\\x7d'))
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
