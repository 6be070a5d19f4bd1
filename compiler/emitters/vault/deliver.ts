import type { Add } from '../../cdk8s/synthesize.ts';
import type { Consumer } from './consumer.ts';
import { deliverByEso } from './deliver-eso.ts';
import { deliverByVso } from './deliver-vso.ts';

/** Brings a consumer its secrets by the operator of its environment. */
export function deliver(add: Add, consumer: Consumer): void {
  if (consumer.server.delivery === 'vso') deliverByVso(add, consumer);
  else deliverByEso(add, consumer);
}
