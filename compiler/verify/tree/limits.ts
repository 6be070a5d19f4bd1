/** What is read of a tree at most. */
export const TREE_LIMITS = Object.freeze<
  Record<'fileBytesMax' | 'entriesMax' | 'totalBytesMax' | 'documentsMax', number>
>({
  /** Bytes of one file; a ConfigMap holds at most one MiB. */
  fileBytesMax: 4 * 1024 * 1024,
  /** Files and folders. */
  entriesMax: 200_000,
  /** Bytes of all files together. */
  totalBytesMax: 512 * 1024 * 1024,
  /** Documents of one file. */
  documentsMax: 5000,
});
