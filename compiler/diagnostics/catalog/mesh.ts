import { defineCatalog } from './entry.ts';
import { paragraphs } from './text.ts';

/** NT32xx: what the mesh of an environment cannot express. */
export const mesh = defineCatalog({
  NT3201: {
    severity: 'error',
    exit: 1,
    message: 'the mesh cannot tell `{host}` from `{other}`: both are reached on port {port}',
    explanation: paragraphs(
      'What leaves the cluster goes through the egress gateway. With TLS a connection says which host it is for. On other ports the proxy beside an agent sees only the port, so one of the hosts would get what is meant for the other.',
      'Reach one of them over TLS or on another port, or from another fleet. An ambient mesh gives each host an address of its own and has no such limit.',
    ),
  },
});
