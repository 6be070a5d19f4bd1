import { OPERATIONS } from './operations.ts';

const DOCUMENT = '/openapi.json';
const PATHS = [
  ...OPERATIONS.map(({ method, path }) => ({ method, pattern: patternOf(path) })),
  { method: 'GET', pattern: patternOf(DOCUMENT) },
];

/** `/v1/tasks/{id}` as the router writes it. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Methods that a URL's path has; none where there is no such path. */
export function methodsOf(url: string): readonly string[] {
  const [path = ''] = url.split('?');
  return [...new Set(PATHS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
