import { _, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { canonicalJson } from '../canonical.ts';
import type { Json, JsonObject } from '../source.ts';
import { linearPattern } from './linear-pattern.ts';
import { OutOfWork, WORK, WORK_MAX, beginWork, gathersLooks, pay, priced, spend, type Price } from './work.ts';

/** What is wrong with a value, at the place in it. */
export interface ValueFault {
  /** JSON Pointer into the value. */
  readonly pointer: string;
  readonly detail: string;
}

export type ValueCheck = (value: unknown) => readonly ValueFault[];

/** Units for telling all faults of a value that has one: each of them is an object. */
const TELLING_MAX = WORK_MAX / 8;
/** Most faults that are told of one value. */
const FAULTS_MAX = 10;
/** Longest name or list of a message. */
const TOLD_MAX = 100;

const TOO_MUCH_WORK: ValueFault = {
  pointer: '',
  detail: 'takes more work to check against the schema than one value may: make it smaller, or less deep',
};

const NOT_CHECKED: ValueFault = {
  pointer: '',
  detail: 'cannot be checked: the schema asks for `unevaluated` fields over branches that this value leaves open',
};

/**
 * Whether values fit a task type's schema. The work for one value is bounded whatever schema and value are: the schemas it
 * is asked against are counted, patterns run in an engine of linear time, and lists of different items are compared by
 * their text. Throws for a schema that cannot be one; `loadSchema` refuses those.
 */
export function valueCheck(schema: JsonObject): ValueCheck {
  const { $id, ...rest } = priced(schema);
  void $id;
  // The first one stops at the first fault, so that a branch that names its kind is left when it is another one's.
  const gathers = gathersLooks(schema);
  const first = lazily(() => validator(rest, { gathers, allErrors: false }));
  const all = lazily(() => validator(rest, { gathers, allErrors: true }));
  return (value) => {
    const verdict = run(first(), value, WORK_MAX);
    if (verdict === 'fits') return [];
    if (verdict === 'out of work') return [TOO_MUCH_WORK];
    if (verdict === 'broken') return [NOT_CHECKED];
    const found = first().errors;
    const every = run(all(), value, TELLING_MAX) === 'faults' ? all().errors : found;
    return (every ?? []).slice(0, FAULTS_MAX).map(faultOf);
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

type Verdict = 'fits' | 'faults' | 'out of work' | 'broken';

function run(validate: ValidateFunction, value: unknown, units: number): Verdict {
  beginWork(units);
  try {
    return validate(value) ? 'fits' : 'faults';
  } catch (error) {
    // Schemas that lead to each other without an end are found by the depth of calls.
    if (error instanceof OutOfWork || error instanceof RangeError) return 'out of work';
    // ajv 8 that gathers can write into what it has not made, where a branch that does not fit would have.
    if (error instanceof TypeError) return 'broken';
    throw error;
  }
}

interface Ways {
  readonly gathers: boolean;
  readonly allErrors: boolean;
}

function validator(schema: object, { gathers, allErrors }: Ways): ValidateFunction {
  const ajv = new Ajv2020({
    ...{ strict: false, meta: false, validateSchema: false, validateFormats: false },
    // A schema that many refer to would be written out in each place.
    inlineRefs: false,
    allErrors,
    // Its passes over the code it makes take longer than they save.
    code: { optimize: false, regExp: Object.assign(linearRegExp, { code: 'linearRegExp' }) },
  });
  ajv.opts.unevaluated = gathers;
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: areDifferent,
    errors: true,
  });
  ajv.addKeyword({
    keyword: WORK,
    // Before whatever leads to other schemas.
    before: '$ref',
    schemaType: 'object',
    code: ({ gen, data, schema }) => {
      const price = gen.scopeValue('obj', { ref: schema as Price });
      gen.code(_`${gen.scopeValue('func', { ref: pay })}(${price}, ${data})`);
    },
  });
  return ajv.compile(schema);
}

/** What ajv needs of a regular expression. The engine visits each state at most once for each character. */
function linearRegExp(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  const linear = linearPattern(pattern);
  if (typeof linear === 'string') throw new Error(`the pattern ${pattern} cannot run: ${linear}`);
  const engine = RE2JS.compile(linear.text);
  const test = (text: string): boolean => {
    spend((text.length * linear.states) >> 6);
    return engine.test(text);
  };
  return { test, toString: () => pattern };
}

/** Items by their text: comparing each with each other takes the square of the time. */
const areDifferent: SchemaValidateFunction = (asked: boolean, list: readonly Json[]): boolean => {
  const seen = new Map<string, number>();
  for (const [index, item] of asked ? list.entries() : []) {
    const text = canonicalJson(item);
    spend(4 + (text.length >> 2));
    const before = seen.get(text);
    if (before !== undefined) {
      areDifferent.errors = [
        { params: {}, message: `must NOT have duplicate items (items ## ${before} and ${index} are identical)` },
      ];
      return false;
    }
    seen.set(text, index);
  }
  return true;
};

function faultOf({ instancePath, message = 'does not fit the schema', keyword, params }: ErrorObject): ValueFault {
  const fault = { pointer: instancePath, detail: message };
  const name = (params['additionalProperty'] ?? params['unevaluatedProperty']) as string | undefined;
  if (name !== undefined && name.length <= TOLD_MAX) {
    const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return { pointer: `${instancePath}/${step}`, detail: 'there is no such field' };
  }
  if (keyword === 'enum' || keyword === 'const') {
    const values = keyword === 'enum' ? (params['allowedValues'] as readonly Json[]) : [params['allowedValue'] as Json];
    const told = values.map((value) => JSON.stringify(value)).join(', ');
    if (told.length <= TOLD_MAX) return { ...fault, detail: `must be ${values.length > 1 ? 'one of ' : ''}${told}` };
  }
  return fault;
}
