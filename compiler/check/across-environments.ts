import type { Locatable, Place } from '../core/origin.ts';
import type { Code, Params } from '../diagnostics/catalog.ts';
import { messageOf } from '../diagnostics/report.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { sure } from '../../spec/contract/sure.ts';

interface Finding {
  readonly code: Code;
  readonly at: Place;
  readonly params: Values;
  readonly details: Details;
  readonly environments: string[];
  /** Where the same is wrong in files of other environments. */
  readonly others: { readonly environment: string; readonly at: Place }[];
}

type Values = Readonly<Record<string, string | number>>;

/** Problems whose fault stands in the same words in the file of each environment: one fault, and several places. */
const OF_EVERY_FILE: ReadonlySet<Code> = new Set<Code>(['NT2505']);

/**
 * Collects what is found in each environment, so that one fault of the spec is said once. The same problem at the same place
 * is one, and so is one that only its numbers tell apart: then the numbers of the others stand in its notes. `environments`
 * among the parameters of a message becomes the names of all that have the problem.
 */
export class AcrossEnvironments {
  readonly #all: readonly string[];
  readonly #findings = new Map<string, Finding>();
  readonly #documents = new Map<Locatable, number>();

  /** `all` are the environments that are looked at. */
  constructor(all: readonly string[]) {
    this.#all = all;
  }

  /** Takes what is found in one environment. */
  in(environment: string): Report {
    return (code, at, params, details = {}) => this.#add({ code, at, params, details }, environment);
  }

  /** Says everything, in the order in which it was first found. A note names the environments unless it is in all of them. */
  say(report: Report): void {
    const groups = new Map<string, Finding[]>();
    for (const finding of this.#findings.values()) {
      const key = `${finding.code} ${this.#placeKey(finding.at)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [finding]);
      else group.push(finding);
    }
    for (const group of groups.values()) {
      const rest = group.slice(1);
      if (rest.length > 0 && isOneFault(group)) this.#sayOne(sure(group[0], 'the first of a group'), rest, report);
      else for (const finding of group) this.#sayOne(finding, [], report);
    }
  }

  #add({ code, at, params, details }: Pick<Finding, 'code' | 'at' | 'params' | 'details'>, environment: string): void {
    const { environments: _, ...told } = params;
    const place = OF_EVERY_FILE.has(code) ? '' : this.#placeKey(at);
    const key = `${code} ${place} ${JSON.stringify(told)}`;
    const known = this.#findings.get(key);
    if (known === undefined)
      this.#findings.set(key, { code, at, params, details, environments: [environment], others: [] });
    else if (!known.environments.includes(environment)) {
      known.environments.push(environment);
      if (OF_EVERY_FILE.has(code)) known.others.push({ environment, at });
    }
  }

  #placeKey(place: Place): string {
    if (!('document' in place)) return `${place.file}:${place.start}:${place.end}`;
    let id = this.#documents.get(place.document);
    if (id === undefined) this.#documents.set(place.document, (id = this.#documents.size));
    return `${id} ${place.part ?? ''} ${JSON.stringify(place.path)}`;
  }

  #sayOne(finding: Finding, rest: readonly Finding[], report: Report): void {
    const { code, at, params, details, environments, others } = finding;
    const told = 'environments' in params ? { ...params, environments: names(environments) } : params;
    const related = others.map(({ environment, at: there }) => ({
      message: `and for \`${environment}\` here`,
      at: there,
    }));
    const notes = [...(details.notes ?? []), ...this.#where(finding, rest)];
    // The parameters were checked where they were given.
    report(code, at, told as Params<Code>, {
      ...details,
      ...(notes.length > 0 && { notes }),
      ...(related.length > 0 && { related: [...(details.related ?? []), ...related] }),
    });
  }

  #where({ environments, params, others }: Finding, rest: readonly Finding[]): string[] {
    if (rest.length > 0)
      return [
        `that is in ${names(environments)}`,
        ...rest.map((one) => `in ${names(one.environments)}: ${messageOf(one.code, one.params)}`),
      ];
    const isTold = 'environments' in params || others.length > 0 || environments.length === this.#all.length;
    return isTold ? [] : [`in ${names(environments)} only`];
  }
}

/** No environment has two of them: they are one problem in other numbers, and not several. */
function isOneFault(group: readonly Finding[]): boolean {
  const environments = group.flatMap((finding) => finding.environments);
  return new Set(environments).size === environments.length;
}

function names(environments: readonly string[]): string {
  const quoted = environments.map((name) => `\`${name}\``);
  return quoted.length === 1
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} and ${sure(quoted.at(-1), 'the last environment')}`;
}
