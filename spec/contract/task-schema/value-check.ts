import type { Json, JsonObject } from '../source.ts';
import { OutOfWork, Look, type Check, type ValueFault } from './look.ts';
import { schemaCheck } from './schema-check.ts';

export type { ValueFault } from './look.ts';
export type ValueCheck = (value: Json) => readonly ValueFault[];

/** Units of work that one value may cost: at most some 20 ms. A flat list of 6,000 objects, 64 KiB, costs about 40,000. */
const WORK_MAX = 200_000;

const TOO_MUCH_WORK: ValueFault = {
  pointer: '',
  detail: 'takes more work to check against the schema than one value may: make it smaller, or less deep',
};
const UNTOLD: ValueFault = { pointer: '', detail: 'does not fit the schema; to say why takes too much work' };

/**
 * Whether values fit a task type's schema, of draft 2020-12 with the keywords of `KEYWORDS`. The work for one value is
 * bounded whatever schema and value are: every schema that is asked counts, patterns run in an engine of linear time, and
 * items are compared by their text.
 *
 * Refused: ajv, which makes code of a schema. It has no bound for the work of a value, takes seconds to make code of a
 * schema of some thousand lines, and throws for some values where it gathers what has been looked at. Tests compare both.
 */
export function valueCheck(schema: JsonObject): ValueCheck {
  const check = schemaCheck(schema);
  return (value) => {
    const quiet = new Look(WORK_MAX, false);
    const fits = looked(check, value, quiet);
    if (fits === true) return [];
    if (fits === undefined) return [TOO_MUCH_WORK];
    const telling = new Look(WORK_MAX, true);
    looked(check, value, telling);
    return telling.faults.length > 0 ? telling.faults : [UNTOLD];
  };
}

/** Nothing where the work ran out. */
function looked(check: Check, value: Json, look: Look): boolean | undefined {
  try {
    return check(value, look, undefined);
  } catch (error) {
    // Schemas that lead to each other without an end are found by the depth of calls.
    if (error instanceof OutOfWork || error instanceof RangeError) return undefined;
    throw error;
  }
}
