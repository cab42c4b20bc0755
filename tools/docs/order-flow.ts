import { stateDiagram } from '@app/lifecycle';
import type { OrderStatus } from '../../apps/order-service/src/domain/order';
import {
  FINAL_STATES,
  ORDER_TRIGGERS,
  orderStateMachine,
  type Lifecycle,
  type LifecycleEntry,
  type OrderTrigger,
} from '../../apps/order-service/src/domain/order-lifecycle';
import { code, fenced, GENERATED, table } from './write-markdown';

/** What each trigger stands for. */
const MEANING: Readonly<Record<OrderTrigger, string>> = {
  payment_successful: 'the event `payment_successful`: the amount is held',
  payment_failed: 'the event `payment_failed`: refused, or a hold that could not be collected',
  payment_refunded: 'the event `payment_refunded`: hold released or capture refunded',
  payment_reversed:
    'the event `payment_refunded` with an `initiator`: all the money was given back at the gateway itself',
  payment_captured: 'the event `payment_captured`: the money was collected',
  payment_adjusted: 'the event `payment_adjusted`: a part was given back at the gateway itself, or is disputed',
  stock_taken: 'the event `inventory_updated` with `change: taken`',
  stock_returned: 'the event `inventory_updated` with `change: returned`',
  inventory_insufficient: 'the event `inventory_insufficient`: nothing was taken',
  cancel_requested: '`POST /orders/:order_id/cancel`',
  deadline_passed: 'the order was not settled in time',
};

/** @throws Error for a trigger that was added and not yet described: this runs before the types are checked. */
function meaningOf(trigger: OrderTrigger): string {
  const meaning = (MEANING as Readonly<Record<string, string>>)[trigger];
  if (meaning === undefined) throw new Error(`${trigger} needs a line in MEANING, tools/docs/order-flow.ts`);
  return meaning;
}

/** The page about an order's life: diagram and table, both read from the lifecycle itself. */
export function orderFlowPage(lifecycle: Lifecycle): string {
  const states = Object.keys(lifecycle) as OrderStatus[];
  return `${GENERATED}

# The life of an order

The order service decides the outcome of an order; the other services report to it. Its rules are one table,
[\`ORDER_LIFECYCLE\`](../apps/order-service/src/domain/order-lifecycle.ts), from which this page is made. An order can stay
forever in the states ${FINAL_STATES.map((state) => `**${state}**`).join(' and ')}; every other state ends at the deadline.

${fenced('mermaid', stateDiagram(orderStateMachine(lifecycle)))}

## State by state

Kafka guarantees no order between two topics, so any event can overtake any other. In the table:

- _Noted_: nothing changes, but the audit trail records the event.
- _Ignored_: nothing changes and nothing is recorded.
- _Refused_: cannot happen while every service keeps its contract; the message becomes a dead letter.

${table(
  ['trigger', ...states.map((state) => `**${state}**`)],
  ORDER_TRIGGERS.map((trigger) => [code(trigger), ...states.map((state) => cellOf(lifecycle[state][trigger]))]),
)}

## The triggers

${table(
  ['trigger', 'is'],
  ORDER_TRIGGERS.map((trigger) => [code(trigger), meaningOf(trigger)]),
)}
`;
}

function cellOf(entry: LifecycleEntry | undefined): string {
  switch (entry?.kind) {
    case undefined:
      return 'refused';
    case 'move':
      return `→ **${entry.to}**${entry.announces === undefined ? '' : `, publishes ${code(entry.announces)}`}`;
    case 'cancel':
      return `→ **cancelled** (${code(entry.reason)}), publishes ${code(entry.announces)}`;
    case 'note':
      return `noted: ${entry.why}`;
    case 'ignore':
      return `ignored: ${entry.why}`;
  }
}
