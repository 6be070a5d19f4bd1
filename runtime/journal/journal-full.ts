/** The journal takes no more submissions: the disk, or the bytes it may have, are used up. */
export class JournalFull extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalFull';
  }
}
