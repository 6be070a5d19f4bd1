import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Of the classes of Kubernetes objects, which are two megabytes, those that emitters name. We call what writes an object down
 * and construct none, so the package that they extend, and YAML writers and readers with it, stays outside as well.
 */
export const kubernetesClasses: Plugin = {
  name: 'kubernetes-classes',
  setup: ({ onLoad, onResolve }) => {
    onLoad({ filter: /[\\/]compiler[\\/]cdk8s[\\/]k8s\.ts$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      const [required, classes] = /createRequire\(import\.meta\.url\)\('([^']+)'\)/.exec(code) ?? [];
      if (required === undefined) throw new Error(`${path} does not require its classes as expected`);
      const names = namedClasses('compiler').join(', ');
      return {
        contents: `import { ${names} } from '${classes}';\n${code.replace(required, `{ ${names} }`)}`,
        loader: 'ts',
      };
    });
    const { resolve } = createRequire(import.meta.url);
    onResolve({ filter: /^cdk8s-plus-27\/lib\/imports\/k8s\.js$/ }, ({ path }) => ({ path: resolve(path) }));
    onLoad({ filter: /[\\/]cdk8s-plus-27[\\/]lib[\\/]imports[\\/]k8s\.js$/ }, ({ path }) => ({
      contents: separable(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** What the code says after `k8s.`, sorted. Throws for a module that uses the classes in another way. */
export function namedClasses(folder: string): readonly string[] {
  const names = new Set<string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue;
    const code = readFileSync(join(folder, path), 'utf8');
    if (!IMPORT.test(code)) continue;
    const rest = code.replace(IMPORT, '');
    const [otherwise] = /^.*\bk8s\b(?![./'-]).*$/m.exec(rest) ?? [];
    if (otherwise !== undefined) throw new Error(`${path}: a class is named after \`k8s.\`, and not so: ${otherwise}`);
    for (const [, name = ''] of rest.matchAll(/\bk8s\.([A-Z]\w*|toJson_\w+)/g)) names.add(name);
  }
  return [...names].sort();
}

const IMPORT = /^import (?:type )?\{[^}]*\bk8s\b[^}]*\} from '[^']*\/k8s\.ts';$/m;

const NEVER_CONSTRUCTED = `class ApiObject {
  constructor() { throw new Error('an object is written by its class and never constructed'); }
}
`;

/**
 * The classes as a module from which those that nobody names can be left out: without statements that do something. These
 * tell jsii what a class is called, and give each class its kind, which it gets from a constant now.
 */
export function separable(code: string): string {
  const module = code
    .replace(
      /^"use strict";\n(?:var [^;]*;\n)?Object\.defineProperty\(exports, "__esModule".*\n(?:exports\.\w+ = )+void 0;\n/,
      '',
    )
    .replace(/^const cdk8s_1 = require\("cdk8s"\);\n/m, NEVER_CONSTRUCTED)
    .replaceAll(/^_\w+ = JSII_RTTI_SYMBOL_1;\n\w+\[_\w+\] = .*;\n/gm, '')
    .replaceAll('extends cdk8s_1.ApiObject', 'extends ApiObject')
    .replaceAll(/^(\w+)\.GVK = /gm, 'const $1_GVK = ')
    .replaceAll(/\.\.\.(\w+)\.GVK,/g, '...$1_GVK,')
    .replaceAll(/^exports\.(\w+) = \1;$/gm, 'export { $1 };')
    .replaceAll(/^\}\)\((\w+) = exports\.\1 \|\| \(exports\.\1 = \{\}\)\);$/gm, '})($1 || ($1 = {}));\nexport { $1 };');
  const left = /^.*(?:\bexports\b|\brequire\(|\.GVK\b|_RTTI_SYMBOL_1\] = ).*$/m.exec(
    module.replace(/^const JSII_RTTI.*$/m, ''),
  );
  if (left !== null) throw new Error(`the classes of Kubernetes objects are not as expected: ${left[0].slice(0, 120)}`);
  return module;
}
