/** Version of the package. Written here because reading package.json costs time on every start; a test compares the two. */
export const VERSION = '0.1.0';

/** What this was built from, as `scripts/build.ts` defines it: two builds of one version are two programs. */
declare const NOVA_TORCH_BUILD: string | undefined;
export const BUILD = typeof NOVA_TORCH_BUILD === 'undefined' ? 'source' : NOVA_TORCH_BUILD;
