import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorLogs, errorsOf, traces } from './explore.ts';

interface Pane {
  readonly datasource: string;
  readonly queries: readonly { readonly query?: string; readonly tags?: string }[];
  readonly range: { readonly from: string; readonly to: string };
}

/** What Grafana reads from a link after it has filled in its variables. */
function paneOf(url: string): Pane {
  const filled = url
    .replace('${logs}', 'L')
    .replace('${traces}', 'T')
    .replace('${__from}', '1')
    .replace('${__to}', '2');
  const panes = new URLSearchParams(filled.slice(filled.indexOf('?'))).get('panes') ?? '';
  return (JSON.parse(panes) as { readonly a: Pane }).a;
}

test('links lead to the errors and the traces of a fleet, in the time that one looks at', () => {
  expect(paneOf(errorLogs('eng/fixer').url)).toEqual({
    datasource: 'L',
    queries: [
      { refId: 'A', query: 'nova.fleet:"eng/fixer" AND log.level:error', metrics: [{ id: '1', type: 'logs' }] },
    ],
    range: { from: '1', to: '2' },
  });
  const { datasource, queries } = paneOf(traces('eng/fixer').url);
  expect([datasource, queries[0]?.tags]).toEqual(['T', 'nova.fleet="eng/fixer"']);
});

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '$', '{', '}', '&', '%', '#', '@', "'", '\n', '@from@', '${logs}', 'a'),
  }),
);

test('no text leaves its phrase: of Lucene, of logfmt, of the link and of the variables in it', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const phrase = /^nova\.fleet:"((?:[^"\\]|\\["\\])*)" AND log\.level:error$/s.exec(errorsOf(text))?.[1];
      expect(phrase?.replace(/\\(["\\])/g, '$1')).toBe(text);
      const { url } = errorLogs(text);
      expect(url.match(/\$\{[^}]*\}|\$\w+/g)).toEqual(['${logs}', '${__from}', '${__to}']);
      expect(paneOf(url).queries[0]?.query).toBe(errorsOf(text));
      const tags = /^nova\.fleet="((?:[^"\\]|\\["\\])*)"$/s.exec(paneOf(traces(text).url).queries[0]?.tags ?? '')?.[1];
      expect(tags?.replace(/\\(["\\])/g, '$1')).toBe(text);
    }),
    { numRuns: 1000 },
  );
});
