/** What is read at most. Every limit holds before the work it bounds begins. */
export const LIMITS = Object.freeze({
  /** Bytes of one file. */
  fileBytesMax: 256 * 1024,
  /** Files below `spec/`: ten for each of 2,000 fleets. */
  filesMax: 20_000,
  /** Bytes of all files. */
  totalBytesMax: 16 * 1024 * 1024,
  /** Maps and lists inside each other. */
  depthMax: 64,
  /** Keys of one map. */
  keysMax: 2000,
  /** Documents of one file. */
  documentsMax: 64,
});
