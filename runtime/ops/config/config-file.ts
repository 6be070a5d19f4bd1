import { readFileSync, statSync } from 'node:fs';
import { LineCounter, isMap, isNode, parseDocument, visit, type Document } from 'yaml';
import { systemWords } from '../../core/system-words.ts';
import type { ConfigProblem } from './read-config.ts';

/** What a file says, and where each thing stands in it. */
export interface Placed {
  readonly value: Record<string, unknown>;
  readonly placeOf: (path: readonly string[]) => string;
  readonly problems: readonly ConfigProblem[];
}

const BYTES_MAX = 262_144;

/** YAML, of which JSON is a part. Anchors, tags and duplicate keys are refused: a configuration says each thing once. */
export function readConfigFile(file: string): Placed {
  const failed = (at: string, message: string): Placed => ({
    value: {},
    placeOf: () => file,
    problems: [{ at, message }],
  });
  let text: string;
  try {
    if (statSync(file).size > BYTES_MAX) return failed(file, `is larger than ${BYTES_MAX} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed(file, `cannot be read: ${systemWords(error)}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', merge: false });
  const placed = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    at: placed(pos[0]),
    message: code === 'MULTIPLE_DOCS' ? 'another document begins here: all settings stand in one' : firstLine(message),
  }));
  if (problems.length > 0) return { ...failed(file, ''), problems };
  const repeated = firstRepeated(document);
  if (repeated !== undefined) return failed(placed(repeated), 'anchors and aliases are not read');
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) return failed(file, 'must be a map of settings');
  return {
    value: value as Record<string, unknown>,
    placeOf: (path) => placed(offsetOf(document, path)),
    problems: [],
  };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

/** Offset of the first anchor or alias. */
function firstRepeated(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Alias: (_, { range }) => {
      found ??= range?.[0] ?? 0;
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) found ??= node.range?.[0] ?? 0;
    },
  });
  return found;
}

/** Of the key of the deepest thing on the path that the file says. */
function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const name of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => String(key) === name);
    if (pair === undefined) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
