import type { Code } from '../catalog.ts';

/** A file of tests, and the name of one of them. */
export type NamedTest = readonly [file: string, name: string];

/**
 * Codes that no folder can show, and the test that asserts the exact words and place of each: a fault of the file system, a
 * limit that no repository should hold so much for, and faults between emitters, which no spec reaches. Everything else has a
 * case folder.
 */
export const withoutFolder: Readonly<Partial<Record<Code, NamedTest>>> = Object.freeze({
  // Links, and files that come and go, are no texts.
  NT1001: ['compiler/cli/check-repository.test.ts', 'a link in the place of a file is one problem'],
  NT1006: [
    'compiler/cli/check-repository.test.ts',
    'a file that is gone before it is opened is one problem at its own place',
  ],
  // The folder of the user stands in the message.
  NT1008: ['compiler/cli/check-repository.test.ts', 'a repository without a spec is one problem'],
  NT6003: ['compiler/output/plan.test.ts', 'a link is shown as a whole, at its own path'],
  NT6007: [
    'compiler/cli/hostile-repository.test.ts',
    'a folder without end among what was generated is said to be one',
  ],
  NT6008: [
    'compiler/cli/hostile-repository.test.ts',
    'a swap that a pull request brings moves nothing, whoever looks, and compile says what to do',
  ],
  // Limits on bytes, files and documents.
  NT1002: ['compiler/cli/check-repository.test.ts', 'a file of too many bytes is one problem'],
  NT1003: ['compiler/load/read.test.ts', 'more than 20,000 files are not read, in however many folders'],
  NT1004: ['compiler/cli/check-repository.test.ts', 'too many bytes together are one problem'],
  NT3111: ['compiler/verify/tree/verify-tree.test.ts', 'a tree beyond the limits %j is not read'],
  NT5080: [
    'compiler/emitters/routing-table/emit.test.ts',
    'a table that no scheduler could be given is an error at its largest schema, and nobody misses it',
  ],
  NT5081: [
    'compiler/check/routing/routes-of-fleet.test.ts',
    'more routes than a fleet may have are an error at the fleet, which names some of them',
  ],
  // What one emitter would have to do wrong.
  NT3005: ['compiler/closure/prove.test.ts', 'an object in a namespace that nobody makes is found'],
  NT3008: [
    'compiler/closure/prove.test.ts',
    'an edge that is closed at one end is found at the place that declares it',
  ],
  NT3009: ['compiler/closure/prove.test.ts', 'a way between fleets that no spec line declares is found'],
});
