import { EVENTS, type AnyEvent } from '@app/events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocationStateMachine } from '../../apps/inventory-service/src/domain/allocation-lifecycle';
import { ORDER_LIFECYCLE, orderStateMachine } from '../../apps/order-service/src/domain/order-lifecycle';
import { PAYMENT_LIFECYCLE } from '../../apps/payment-service/src/domain/payment-lifecycle';
import { paymentStateMachine } from '../../apps/payment-service/src/domain/payment-state-machine';
import { serviceNames } from '../stack/service-names';
import { eventsPage } from './events';
import { handlersIn } from './handlers';
import { orderFlowPage } from './order-flow';
import { PAYMENT_VIEWS } from './payment-views';
import { sagaPage, type DrawnLifecycle, type SagaStep } from './saga';
import { contractNames, subscriptionsIn, type TopicUse } from './subscriptions';

/** The generated pages, by their path from the root of the repository, as they ought to be. */
export function generatedPages(root: string): Record<string, string> {
  const consumers = consumersIn(root);
  const events = EVENTS.map((event) => ({
    event,
    consumers: consumers.filter(({ topic }) => topic === event.type).map(({ service }) => service),
    example: goldenRecord(root, event),
  }));
  return {
    'docs/order-flow.md': orderFlowPage(ORDER_LIFECYCLE),
    'docs/events.md': eventsPage(events),
    'docs/saga.md': sagaPage(stepsIn(root), LIFECYCLES),
  };
}

const LIFECYCLES: readonly DrawnLifecycle[] = [
  {
    title: 'Order',
    about: 'The order service decides what becomes of an order.',
    path: 'apps/order-service/src/domain/order-lifecycle.ts',
    machine: orderStateMachine(ORDER_LIFECYCLE),
  },
  {
    title: 'Payment',
    about:
      'The payment service authorizes when an order is placed, captures when it is confirmed, and gives money back when it is cancelled. A cancellation always wins.',
    path: 'apps/payment-service/src/domain/payment-lifecycle.ts',
    machine: paymentStateMachine(PAYMENT_LIFECYCLE),
    views: PAYMENT_VIEWS,
  },
  {
    title: 'Stock allocation',
    about:
      'The inventory service takes all lines of a paid order or none, and returns them when the order is cancelled.',
    path: 'apps/inventory-service/src/domain/allocation-lifecycle.ts',
    machine: allocationStateMachine(),
  },
];

/** All handlers with their contracts, in the order of the events. @throws Error for a handler of something that is no event */
function stepsIn(root: string): SagaStep[] {
  const named = contractNames(root);
  const steps = handlersIn(root).map((handler) => {
    const event = EVENTS.find(({ type }) => type === named.get(handler.contract));
    if (event === undefined) throw new Error(`${handler.consumer.path} handles ${handler.contract}, which is no event`);
    return { ...handler, event };
  });
  return EVENTS.flatMap((event) => steps.filter((step) => step.event === event));
}

/** Who listens to what, in the order of the services. @throws Error for a consumer of something that is no service. */
function consumersIn(root: string): TopicUse[] {
  const found = subscriptionsIn(root);
  const known: readonly string[] = serviceNames;
  const unknown = found.find(({ service }) => !known.includes(service));
  if (unknown !== undefined) throw new Error(`${unknown.service} has a consumer and is no service`);
  return found.toSorted((a, b) => known.indexOf(a.service) - known.indexOf(b.service));
}

function goldenRecord(root: string, { type, version }: AnyEvent): unknown {
  const file = join(root, 'libs/events/fixtures', `${type}.${version}.json`);
  if (!existsSync(file)) throw new Error(`${file} is missing: every event has a golden record`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
