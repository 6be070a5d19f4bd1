import type { Endpoint } from '../core/model.ts';
import { sure } from '../../spec/contract/sure.ts';

/** Where an address leads. Its form was accepted by the schema; a port out of range is an address nobody can call. */
export function endpointOf(address: string): Endpoint {
  const form = /^(https?):\/\/([^/:]+)(?::([0-9]+))?(\/.*)?$/.exec(address);
  const [, scheme = '', host = '', port, path = ''] = sure(form ?? undefined, 'the form of an address');
  const tls = scheme === 'https';
  return { host, port: port === undefined ? (tls ? 443 : 80) : Number(port), tls, path: path === '' ? '/' : path };
}
