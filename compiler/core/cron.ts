import { MONTH_DAYS } from './days.ts';
import { sure } from '../../spec/contract/sure.ts';

interface Field {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAY: Field = { what: 'day of the month', from: 1, to: 31 };
const MONTH: Field = { what: 'month', from: 1, to: 12, names: MONTHS };
const FIELDS: readonly Field[] = [
  { what: 'minute', from: 0, to: 59 },
  { what: 'hour', from: 0, to: 23 },
  DAY,
  MONTH,
  { what: 'day of the week', from: 0, to: 7, names: DAYS },
];

/** A cron expression of five fields as sets of values, each sorted; days of the week go from 0 to 6. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Nothing when every day of the month may be it. */
  readonly days?: readonly number[];
  readonly months?: readonly number[];
  readonly weekdays?: readonly number[];
}

/** Reads an expression that `cronProblem` has no problem with. */
export function readCron(cron: string): Cron {
  const parts = cron.split(' ');
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    sorted(sure(valuesOf(sure(parts[index], field.what), field), field.what)),
  );
  const week = sorted(weekdays.map((day) => day % 7));
  return {
    minutes,
    hours,
    ...(days.length === 31 ? {} : { days }),
    ...(months.length === 12 ? {} : { months }),
    ...(week.length === 7 ? {} : { weekdays: week }),
  };
}

function sorted(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Why a cron expression of five fields never fires, or cannot be read; nothing when it does fire. */
export function cronProblem(cron: string): string | undefined {
  const parts = cron.split(' ');
  for (const [index, field] of FIELDS.entries()) {
    const text = parts[index] ?? '';
    if (valuesOf(text, field) === undefined) return `\`${text}\` is no ${field.what}`;
  }
  const [, , day = '', month = '', weekday = ''] = parts;
  if (day === '*' || weekday !== '*') return undefined;
  const least = Math.min(...sure(valuesOf(day, DAY), DAY.what));
  const longest = Math.max(
    ...sure(valuesOf(month, MONTH), MONTH.what).map((number) => sure(MONTH_DAYS[number - 1], 'a month')),
  );
  return least > longest ? `no such month has a day ${least}` : undefined;
}

/** The values of a field; nothing when it cannot be read. */
function valuesOf(text: string, field: Field): number[] | undefined {
  const values: number[] = [];
  for (const part of text.split(',')) {
    const range = rangeOf(part, field);
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) values.push(value);
  }
  return values;
}

function rangeOf(part: string, field: Field) {
  const [, first = '', last, every] = /^([0-9A-Z]+|\*)(?:-([0-9A-Z]+))?(?:\/([0-9]{1,2}))?$/.exec(part) ?? [];
  const all = first === '*';
  const from = all ? field.from : valueOf(first, field);
  const end = last === undefined ? (all || every !== undefined ? field.to : from) : valueOf(last, field);
  const step = Number(every ?? 1);
  if (from === undefined || end === undefined || from > end || step === 0 || (all && last !== undefined))
    return undefined;
  return { from, to: end, step };
}

function valueOf(text: string, { names = [], from, to }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + from;
  const value = /^[0-9]{1,2}$/.test(text) ? Number(text) : -1;
  return value >= from && value <= to ? value : undefined;
}
