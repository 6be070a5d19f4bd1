/** Of the keys of an issuer; some kilobytes are usual. */
export const KEYS_BYTES_MAX = 1_048_576;

type Ask = (url: string, options?: RequestInit) => Promise<Response>;

/**
 * Asks for the keys of an issuer, and reads no more of them than keys are long: an answer without end would fill the memory until
 * its time is over, again for each token. What is larger fails as what cannot be had.
 */
export function askForKeys(ask: Ask = fetch): Ask {
  return async (url, options) => {
    const response = await ask(url, options);
    if (response.status !== 200) {
      await response.body?.cancel();
      return response;
    }
    return new Response(await readKeys(response), { status: 200 });
  };
}

async function readKeys({ body }: Response): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    // Leaving the loop ends the connection.
    if (size > KEYS_BYTES_MAX) {
      const cause = new Error(`its keys have more than ${KEYS_BYTES_MAX} bytes`);
      throw new TypeError('fetch failed', { cause });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
