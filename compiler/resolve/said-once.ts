import type { Span } from '../../spec/contract/source.ts';
import { compareText } from '../../spec/contract/text.ts';
import { spanOf } from '../core/origin.ts';
import type { Code, Params } from '../diagnostics/catalog.ts';
import type { Details, Report } from '../diagnostics/report.ts';

interface Found {
  readonly code: Code;
  readonly at: Span;
  readonly params: Params<Code>;
  readonly details: Details;
}

/** Names that lead nowhere: wherever the same one stands, it is the same problem. */
const NAMES: ReadonlySet<Code> = new Set<Code>(['NT2001', 'NT2002', 'NT2003', 'NT2005', 'NT2006', 'NT2007']);

/** Other places of a name that a message lists. */
const PLACES_MAX = 4;

/**
 * Collects problems and says each once, however many environments meet it; a name that leads nowhere once, however often it is
 * used, at its first place by file, with the others beside it.
 */
export function saidOnce(): { readonly report: Report; readonly say: (report: Report) => void } {
  const found = new Map<string, Map<string, Found>>();
  return {
    report: (code, at, params, details = {}) => {
      const span = spanOf(at);
      const place = `${span.file}:${span.start}:${span.end}`;
      const key = `${code} ${NAMES.has(code) ? subjectOf(params, span) : place} ${JSON.stringify(NAMES.has(code) ? '' : params)}`;
      const places = found.get(key) ?? new Map<string, Found>();
      found.set(key, places);
      if (!places.has(place)) places.set(place, { code, at: span, params, details });
    },
    say: (report) => {
      for (const places of found.values()) sayOne([...places.values()], report);
    },
  };
}

/** What a name means: that of a fleet depends on the team of whoever writes it. */
function subjectOf(params: Params<Code>, { file }: Span): string {
  const values: Readonly<Record<string, string | number>> = params;
  const { fleet } = values;
  const team = /^spec\/teams\/([^/]+)\//.exec(file)?.[1];
  if (typeof fleet === 'string' && team !== undefined && !fleet.includes('/')) return `${team}/${fleet}`;
  return Object.values(values).join(' ');
}

function sayOne(places: readonly Found[], report: Report): void {
  const [first, ...others] = [...places].sort(
    (a, b) => compareText(a.at.file, b.at.file) || a.at.start - b.at.start || a.at.end - b.at.end,
  );
  if (first === undefined) return;
  const { code, at, params, details } = first;
  if (others.length === 0) {
    report(code, at, params, details);
    return;
  }
  const related = others.slice(0, PLACES_MAX).map((other) => ({ message: 'and here', at: other.at }));
  const more = others.length - related.length;
  const notes = more === 0 ? [] : [`and in ${more} more ${more === 1 ? 'place' : 'places'}`];
  report(code, at, params, {
    ...details,
    related: [...(details.related ?? []), ...related],
    notes: [...(details.notes ?? []), ...notes],
  });
}
