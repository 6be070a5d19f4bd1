import { lookUp } from './expression-evaluate.ts';
import type { Task } from './task.ts';

/**
 * Text completed from a task: `lang-{input.lang}`, `{input.repo}@{input.commit}`.
 *
 * Glossary
 * - key path: where in a task one value is read: `tenant`, `task`, `labels.<name>`, `input.<path>`
 * - template: text in which `{<key path>}` stands for the value there
 * - render: put the values in; nothing comes out when one of them is absent or no plain value
 */

/** Text, or the path of a value. */
type TemplatePart = string | readonly string[];
export type Template = readonly TemplatePart[];

export interface TemplateProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** Most UTF-16 code units of a rendered text. A longer one counts as absent: cut short, two keys could become one. */
const RENDERED_MAX = 1024;

const KEY_PATH = /^(?:tenant|task|labels\.[A-Za-z_][A-Za-z0-9_-]{0,62}|input(?:\.[A-Za-z_][A-Za-z0-9_-]{0,62}){1,8})$/;

/** `input.repo` -> `['input', 'repo']`. */
export function parseKeyPath(text: string): readonly string[] | undefined {
  return KEY_PATH.test(text) ? text.split('.') : undefined;
}

/** The parts of a template; or the first brace that does not hold a key path. */
export function parseTemplate(text: string): Template | TemplateProblem {
  const parts: TemplatePart[] = [];
  for (let offset = 0; offset < text.length;) {
    const brace = text.slice(offset).search(/[{}]/);
    const end = brace < 0 ? text.length : offset + brace;
    if (end > offset) parts.push(text.slice(offset, end));
    if (end === text.length) break;
    const close = text.indexOf('}', end);
    if (text[end] === '}') return { message: '`}` without `{`', offset: end, length: 1 };
    if (close < 0) return { message: '`{` without `}`', offset: end, length: 1 };
    const path = parseKeyPath(text.slice(end + 1, close));
    if (path === undefined) return { message: NO_PATH, offset: end, length: close + 1 - end };
    parts.push(path);
    offset = close + 1;
  }
  return parts;
}

const NO_PATH = 'braces hold `tenant`, `task`, `labels.<name>` or `input.<path>`';

/** The text for one task; nothing when a value is absent, null, a list or a map, or the text grows too long. */
export function render(template: Template, task: Task): string | undefined {
  let text = '';
  for (const part of template) {
    const value = typeof part === 'string' ? part : keyOf(part, task);
    if (value === undefined) return undefined;
    text += value;
  }
  return text.length > RENDERED_MAX ? undefined : text;
}

/** The value at a key path as text; nothing when it is absent, null, a list or a map, or too long. */
export function keyOf(path: readonly string[], task: Task): string | undefined {
  const value = lookUp(path, task);
  if (typeof value === 'string') return value.length > RENDERED_MAX ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The key paths a template reads, each once: `['input.repo', 'input.commit']`. */
export function pathsOf(template: Template): readonly string[] {
  return [...new Set(template.filter((part) => typeof part !== 'string').map((part) => part.join('.')))];
}

/** Whether what was parsed is a template. */
export function isTemplate(parsed: Template | TemplateProblem): parsed is Template {
  return Array.isArray(parsed);
}
