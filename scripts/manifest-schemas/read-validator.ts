import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SchemaNode, SchemaType } from '../../compiler/verify/schema/node.ts';

/** A schema whose parts are told by keys of the reader: file and function. */
export type ReadNode = Omit<SchemaNode, 'props' | 'map' | 'items' | Combined> & {
  props?: Record<string, string>;
  map?: string;
  items?: string;
} & { [K in Combined]?: readonly string[] };

type Combined = 'allOf' | 'anyOf' | 'oneOf' | 'not';

/**
 * The schemas of a package of `kubernetes-models`. The packages hold no JSON Schema, only the validators that were compiled
 * from it: a function for each part, always of the same shape. What a function checks is read from its errors, and where
 * its parts are from its calls. A shape that is not known here is an error: nothing is left out in silence.
 */
export class ValidatorReader {
  readonly #nodes = new Map<string, ReadNode>();
  readonly #main = new Map<string, string>();
  readonly #packages: string;

  /** `packages`: the folder of installed packages. */
  constructor(packages: string) {
    this.#packages = packages;
  }

  /** The key of a file's schema. */
  schemaOf(file: string): string {
    const known = this.#main.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(file, 'utf8');
    const main = `${file}#${/export const validate=(validate\d+);/.exec(text)?.[1] ?? 'validate0'}`;
    this.#main.set(file, main);
    if (FREE.test(file)) this.#nodes.set(main, {});
    else this.#read(file, text);
    return main;
  }

  /** Whether it is the schema of its file, and not of a part. */
  isMain(key: string): boolean {
    return this.#main.get(key.slice(0, key.indexOf('#'))) === key;
  }

  node(key: string): ReadNode {
    const node = this.#nodes.get(key);
    if (node === undefined) throw new Error(`no schema ${key}`);
    return node;
  }

  #read(file: string, text: string): void {
    const names = new Map<string, string>();
    for (const [, name = '', target = ''] of text.matchAll(/import\{validate as (validate\d+)\}from"([^"]+)"/g))
      names.set(name, this.schemaOf(this.#fileOf(file, target)));
    const constants = constantsOf(text);
    const starts = [...text.matchAll(/function (validate\d+)\(data,/g)];
    starts.forEach(({ 1: name = '', index }, place) => {
      const body = text.slice(index + `function ${name}(data,`.length, starts[place + 1]?.index);
      const keyOf = (called: string) => names.get(called) ?? `${file}#${called}`;
      this.#nodes.set(`${file}#${name}`, nodeOf(body.slice(0, endOf(body, name)), keyOf, constants));
    });
  }

  #fileOf(from: string, target: string): string {
    const path = target.startsWith('.') ? join(dirname(from), target) : join(this.#packages, target);
    return path.endsWith('.js') ? path : `${path}.js`;
  }
}

/** Schemas that contain themselves, or hold anything. */
const FREE = /(?:JSONSchemaProps(?:OrArray|OrBool|OrStringArray)?|V1JSON|V1beta1JSON)\.js$/;

function endOf(body: string, name: string): number {
  const end = `${name}.errors=vErrors,0===errors}`;
  const at = body.indexOf(end);
  if (at < 0) throw new Error(`no end of ${name}`);
  return at + end.length;
}

/** `schema3_enum`, `pattern0`: what the functions of a file name. */
function constantsOf(text: string): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [, name = '', list = ''] of text.matchAll(/(schema\d+_enum)=(\[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\])/g))
    found.set(name, JSON.parse(list));
  return found;
}

const ERROR = /schemaPath:"#\/(\w+)",keyword:"(\w+)",params:\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}/g;
const CALL = /(validate\d+)\((data(?:\.\w+|\["(?:[^"\\]|\\.)*"\]|\[i0\]|\[key0\])?),\{/g;
const LIMITS: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]);

function nodeOf(body: string, keyOf: (name: string) => string, constants: ReadonlyMap<string, unknown>): ReadNode {
  const node: Record<string, unknown> = {};
  const required: string[] = [];
  const whole: string[] = [];
  for (const [, , keyword = '', params = ''] of body.matchAll(ERROR)) {
    if (keyword === 'required') required.push(textIn(params));
    else if (keyword === 'type') node['type'] = typeIn(params);
    else if (keyword === 'enum') node['enum'] = constants.get(/(schema\d+_enum)/.exec(params)?.[1] ?? '');
    else if (keyword === 'pattern' || keyword === 'format') node[keyword] = textIn(params);
    else if (LIMITS.has(keyword)) node[keyword] = Number(/limit:(-?[\w.]+)/.exec(params)?.[1]);
    else if (COMBINED.has(keyword)) node[keyword] = [];
    else throw new Error(`unknown keyword ${keyword} in ${body}`);
  }
  const keywords = [...body.matchAll(/keyword:"/g)].length;
  if (keywords !== [...body.matchAll(ERROR)].length) throw new Error(`an error of unknown shape in ${body}`);
  for (const [, name = '', what = ''] of body.matchAll(CALL)) {
    const key = keyOf(name);
    if (what === 'data') whole.push(key);
    else if (what === 'data[i0]') node['items'] = key;
    else if (what === 'data[key0]') node['map'] = key;
    else node['props'] = { ...(node['props'] as object | undefined), [propertyIn(what)]: key };
  }
  if ([...body.matchAll(/validate\d+\(/g)].length !== [...body.matchAll(CALL)].length)
    throw new Error(`a call of unknown shape in ${body}`);
  const combined = [...COMBINED].filter((keyword) => node[keyword] !== undefined);
  if (combined.length > 1) throw new Error(`several ways to combine in ${body}`);
  if (whole.length > 0) node[combined[0] ?? 'allOf'] = whole;
  if (required.length > 0) node['required'] = required;
  if (body.includes('null!==data')) node['nullable'] = true;
  return node;
}

const COMBINED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not']);

function textIn(params: string): string {
  return JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(params)?.[0] ?? '""') as string;
}

function typeIn(params: string): SchemaType {
  return textIn(params) as SchemaType;
}

/** `data.foo` or `data["foo-bar"]` -> the name. */
function propertyIn(what: string): string {
  return what.startsWith('data.') ? what.slice(5) : (JSON.parse(what.slice(5, -1)) as string);
}
