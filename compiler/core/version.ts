/** Version of the package. Written here because reading package.json costs time on every start; a test compares the two. */
export const VERSION = '0.1.0';
