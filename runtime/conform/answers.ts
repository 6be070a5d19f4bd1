import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '../../spec/contract/protocol.ts';

/** What an agent sent, whatever it is. */
export type Body = Readonly<Record<string, unknown>>;
const BODY_BYTES_MAX = 131_072;

export async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too large');
    parts.push(part);
  }
  const value: unknown = bytes === 0 ? {} : JSON.parse(Buffer.concat(parts).toString());
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}

export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function problem(response: ServerResponse, status: number, name: string, errors?: Problem['errors']): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  const said: Problem = { type: `https://nova-torch.dev/problems/${name}`, title: name, status };
  response.end(JSON.stringify(errors === undefined ? said : { ...said, errors }));
}
