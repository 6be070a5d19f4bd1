/** A duration as the mesh reads it: whole seconds where it is, else milliseconds. */
export function formatSeconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`;
}
