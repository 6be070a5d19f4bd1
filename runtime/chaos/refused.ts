/** It cannot be done on this machine: why, and what to do. */
export class ChaosRefused extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'ChaosRefused';
    this.hint = hint;
  }
}
