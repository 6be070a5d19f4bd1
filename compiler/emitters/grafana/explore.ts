import type { Link } from './dashboard.ts';

/** Errors that agents of a fleet wrote, in the time that the viewer looks at. */
export function errorLogs(fleet: string): Link {
  const query = errorsOf(fleet);
  return {
    title: 'Errors in the logs',
    url: explore('logs', { refId: 'A', query, metrics: [{ id: '1', type: 'logs' }] }),
  };
}

/** The same as a query of the logs' data source. */
export function errorsOf(fleet: string): string {
  return `nova.fleet:${phrase(fleet)} AND log.level:error`;
}

/** Traces of a fleet; those of slow, retried and failed tasks are all kept. */
export function traces(fleet: string): Link {
  const tags = `nova.fleet=${phrase(fleet)}`;
  return {
    title: 'Traces',
    url: explore('traces', { refId: 'A', queryType: 'search', service: 'nova-torch-scheduler', tags }),
  };
}

/** A phrase of Lucene and of logfmt: both escape alike. */
function phrase(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A link into Explore. What Grafana fills in must not be encoded, everything else must. */
function explore(source: 'logs' | 'traces', query: object): string {
  const encoded = [
    encodeURIComponent('{"a":{"datasource":"'),
    `\${${source}}`,
    encodeURIComponent(`","queries":${JSON.stringify([query])},"range":{"from":"`),
    '${__from}',
    encodeURIComponent('","to":"'),
    '${__to}',
    encodeURIComponent('"}}}'),
  ];
  return `/explore?schemaVersion=1&panes=${encoded.join('')}`;
}
