import fc from 'fast-check';

/** Draws are the same in every run, so that a red build is the change's and not the draw's. A full run draws anew. */
const SEED = 20261123;

if (process.env['NOVA_TORCH_FULL'] === undefined) fc.configureGlobal({ seed: SEED });
