import { systemPlace, systemWords } from '../core/system-words.ts';
import { MirrorRefused } from '../mirror/mirror.ts';
import type { Config } from '../ops/config/fields.ts';

/** What keeps a scheduler from starting, in words for who runs it, and what to do. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
  readonly hint: string;
}

/** What the machine, not the code, is to blame for. `folder` is the one that was being opened. */
export function refusedBy(error: unknown, { http, ops, audit }: Config, folder: string): Refused {
  if (!(error instanceof Error)) throw error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (error.name === 'JournalDamaged') {
    return refused(
      error.message,
      'keep the folder, and bring back the volume’s last snapshot: docs/reliability.md#a-damaged-journal',
    );
  }
  if (error.name === 'AuditDamaged') {
    return refused(
      `the audit log in ${audit.dir} cannot be continued: ${error.message}`,
      'keep the folder, and begin a new one: docs/reliability.md#a-damaged-audit-log',
    );
  }
  if (error instanceof MirrorRefused) {
    const hint =
      error.reason === 'damaged'
        ? 'keep the folder of the mirror at the peer: docs/reliability.md#a-damaged-mirror'
        : 'move the folder of the journal away, so that all of it comes back from the peer: docs/reliability.md#a-lost-disk';
    return refused(error.message, hint);
  }
  if (/^the (journal|audit log|mirror) in /.test(error.message))
    return refused(error.message, 'one scheduler uses one folder');
  if (error.message.startsWith('the development token')) return refused(error.message, 'listen on 127.0.0.1');
  if (syscall === 'getaddrinfo' || (syscall === 'listen' && NOT_TO_LISTEN.has(code))) {
    const places = `the API is for ${http.host}:${http.port}, health and metrics for ${ops.host}:${ops.port}`;
    if (syscall === 'getaddrinfo') {
      const host = (error as { readonly hostname?: string }).hostname ?? '';
      const message = `it cannot listen on ${host}: its name cannot be resolved`;
      return refused(message, `${places}; see NOVA_TORCH_HTTP_HOST and NOVA_TORCH_OPS_HOST`);
    }
    const { address, port } = error as { readonly address?: string; readonly port?: number };
    const message = `it cannot listen on ${address ?? ''}:${port ?? ''}: ${systemWords(error)}`;
    return refused(message, `${places}; see NOVA_TORCH_HTTP_PORT and NOVA_TORCH_OPS_PORT`);
  }
  if (!['EACCES', 'EROFS', 'ENOSPC', 'ENOENT', 'EPERM', 'ENOTDIR'].includes(code)) throw error;
  const place = systemPlace(error, '');
  return refused(`it cannot use ${place === '' ? 'its folder' : place}: ${systemWords(error)}`, folder);
}

const NOT_TO_LISTEN: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']);

export function refused(message: string, hint: string): Refused {
  return { kind: 'refused', message, hint };
}
