/** What the process ends with. Scripts and CI depend on these numbers; they are never reused. */
export const exits = Object.freeze({
  ok: 0,
  invalid: 1,
  usage: 2,
  denied: 3,
  limit: 4,
  outOfDate: 5,
  bug: 70,
  disk: 74,
  interrupted: 130,
});

export type ExitCode = (typeof exits)[keyof typeof exits];

/** What each code means, in the words of `--help` and the reference. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = Object.freeze({
  0: 'all is well',
  1: 'the spec has errors',
  2: 'the command was not understood',
  3: 'a policy or an ownership rule refuses it',
  4: 'a limit on size or depth was reached',
  5: 'generated files are out of date',
  70: 'a bug in nova-torch; it says how to report it',
  74: 'what must not be lost could not be written',
  130: 'interrupted',
});
