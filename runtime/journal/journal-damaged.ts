/** What was durable cannot be read any more. Nothing of the journal was changed. */
export class JournalDamaged extends Error {
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`the journal is damaged: ${file}, byte ${offset}: ${what}`);
    this.name = 'JournalDamaged';
    this.file = file;
    this.offset = offset;
  }
}
