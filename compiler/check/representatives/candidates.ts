import type { Json } from '../../../spec/contract/source.ts';
import type { Questions } from './atoms.ts';
import type { FieldSchema } from './field-schema.ts';
import { filler, texts } from './texts.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Most values of an enumeration that are tried. */
const VALUES_MAX = 64;
/** Longest text or list that is made for `size()`. */
const SIZE_MAX = 32;
/** Most members of a list whose combinations are all tried. */
const MEMBERS_MAX = 6;

/** A value for one field of a representative task; `undefined` is its absence. */
export interface Candidate {
  readonly value: Json | undefined;
  /** Nobody wrote this value: it stands for all values nobody asks about. */
  readonly made: boolean;
}

export interface Candidates {
  readonly path: readonly string[];
  readonly list: readonly Candidate[];
  /** The candidates give every combination of answers that any value can give. */
  readonly exact: boolean;
}

/** The values of one field that tell conditions apart, within what its schema allows. */
export function candidates(questions: Questions, schema: FieldSchema): Candidates {
  const absent: Candidate[] = schema.required ? [] : [{ value: undefined, made: true }];
  const { path } = questions;
  if (schema.values !== undefined) {
    const list = schema.values.slice(0, VALUES_MAX).map((value) => ({ value, made: false }));
    return { path, list: [...list, ...absent], exact: !questions.opaque && schema.values.length <= VALUES_MAX };
  }
  const found = [
    textValues(questions, schema),
    numberValues(questions, schema),
    otherValues(questions, schema),
    listValues(questions, schema),
  ];
  const list = found.flatMap((each) => each.list);
  return { path, list: [...unique(list), ...absent], exact: !questions.opaque && found.every((each) => each.exact) };
}

interface Found {
  readonly list: readonly Candidate[];
  readonly exact: boolean;
}

const NOTHING: Found = { list: [], exact: true };

function may(schema: FieldSchema, ...types: readonly string[]): boolean {
  return schema.types === undefined || types.some((type) => schema.types?.has(type));
}

function textValues(questions: Questions, schema: FieldSchema): Found {
  if (!may(schema, 'string')) return NOTHING;
  const equal = [...questions.equals].filter((value) => typeof value === 'string');
  const bounds = [...questions.bounds].filter((value) => typeof value === 'string');
  const made = texts(questions);
  const tested = questions.prefixes.size + questions.suffixes.size + questions.parts.size > 0;
  const sized = sizesAround(questions.sizes);
  const fill = filler([...equal, ...bounds, ...made.values]);
  const rest = made.values.map((text) => (text === '' ? fill : text));
  return {
    list: [
      ...[...equal, ...bounds].map((value) => ({ value, made: false })),
      ...[...rest, ...bounds.map((bound) => bound + fill), ...sized.map((size) => fill.repeat(size))].map((value) => ({
        value,
        made: true,
      })),
    ],
    exact: made.exact && bounds.length === 0 && !(tested && sized.length > 0) && sizesExact(questions.sizes),
  };
}

/** Each number asked about, one between each two, one below and one above. */
function numberValues(questions: Questions, schema: FieldSchema): Found {
  if (!may(schema, 'number', 'integer')) return NOTHING;
  const asked = [...questions.equals, ...questions.bounds].filter((value) => typeof value === 'number');
  const sorted = [...new Set(asked)].sort((a, b) => a - b);
  const whole = schema.types?.has('number') === false;
  const between = sorted.map((value, index) =>
    index === 0 ? value - 1 : (value + sure(sorted[index - 1], 'the number before')) / 2,
  );
  const above = (sorted.at(-1) ?? 0) + 1;
  const made = [...between.map((value) => (whole ? Math.floor(value) : value)), above];
  const plain = schema.types === undefined && sorted.length === 0 ? [] : made;
  const inside = (value: number) =>
    value >= schema.minimum && value <= schema.maximum && (!whole || Number.isInteger(value));
  return {
    list: [
      ...sorted.filter(inside).map((value) => ({ value, made: false })),
      ...clamped(plain, schema)
        .filter(inside)
        .map((value) => ({ value, made: true })),
    ],
    exact: true,
  };
}

/** Numbers moved into the bounds of the schema, so that a narrow range is not left without any. */
function clamped(values: readonly number[], schema: FieldSchema): number[] {
  return values.map((value) => Math.min(Math.max(value, schema.minimum), schema.maximum));
}

function otherValues(questions: Questions, schema: FieldSchema): Found {
  const list: Candidate[] = [];
  const asked = questions.equals.has(true) || questions.equals.has(false);
  if (schema.types?.has('boolean') === true || (schema.types === undefined && asked)) {
    list.push({ value: true, made: false }, { value: false, made: false });
  }
  if (may(schema, 'null') && (schema.types !== undefined || questions.equals.has(null)))
    list.push({ value: null, made: false });
  if (schema.types?.has('object') === true) list.push({ value: {}, made: true });
  return { list, exact: !(schema.types?.has('object') === true && questions.sizes.size > 0) };
}

function listValues(questions: Questions, schema: FieldSchema): Found {
  const asked = questions.members.size > 0;
  if (!may(schema, 'array') || (schema.types === undefined && !asked)) return NOTHING;
  const members = [...questions.members];
  const fill = filler(members.filter((value) => typeof value === 'string'));
  const few = members.length <= MEMBERS_MAX;
  const chosen = few
    ? Array.from({ length: 2 ** members.length }, (_, bits) => members.filter((_, index) => (bits >> index) & 1))
    : [[], ...members.map((value) => [value])];
  const sized = sizesAround(questions.sizes).map((size) => Array.from({ length: size }, () => fill));
  return {
    list: [...chosen, ...sized].map((value) => ({
      value,
      made: value.length === 0 || sized.includes(value as string[]),
    })),
    exact: few && !(asked && questions.sizes.size > 0) && sizesExact(questions.sizes),
  };
}

/** Sizes at, just below and just above those that are asked about. */
function sizesAround(sizes: ReadonlySet<number>): number[] {
  const around = [...sizes]
    .flatMap((size) => [size - 1, size, size + 1])
    .filter((size) => size >= 0 && size <= SIZE_MAX);
  return [...new Set(around.map(Math.floor))].sort((a, b) => a - b);
}

function sizesExact(sizes: ReadonlySet<number>): boolean {
  return [...sizes].every((size) => Number.isInteger(size) && size < SIZE_MAX);
}

function unique(list: readonly Candidate[]): Candidate[] {
  const known = new Map<string, Candidate>();
  for (const candidate of list) {
    const key = JSON.stringify(candidate.value);
    if (!known.has(key)) known.set(key, candidate);
  }
  return [...known.values()];
}
