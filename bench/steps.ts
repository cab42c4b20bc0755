import { percentiles, type Percentiles } from './statistics.ts';

/** The events that an order waits for until it is confirmed, in their order. */
export const EVENTS_ON_THE_WAY = ['order_created', 'payment_successful', 'inventory_updated'] as const;

export type EventOnTheWay = (typeof EVENTS_ON_THE_WAY)[number];

/** When an event was where; in whole milliseconds since the epoch, as all times here. */
export interface EventTimes {
  /** What it tells of happened: its transaction was under way. */
  readonly occurred: number;
  /** The relay gave it to Kafka. */
  readonly sent: number;
  /** The transaction that handles it began. */
  readonly received: number;
}

/** When an order was where. */
export interface OrderTimes {
  /** Before POST. */
  readonly placed: number;
  readonly events: Readonly<Record<EventOnTheWay, EventTimes>>;
  /** A waiting GET was answered. */
  readonly confirmed: number;
}

/** A part of the way from POST to confirmed. */
export interface Step {
  readonly name: string;
  readonly ms: Percentiles;
}

const STEPS: readonly { readonly name: string; readonly of: (times: OrderTimes) => number }[] = [
  { name: 'POST until the order is written', of: ({ placed, events }) => events.order_created.occurred - placed },
  { name: 'commit, and the relay reads order_created', of: ({ events }) => untilSent(events.order_created) },
  { name: 'Kafka, and the payment service fetches it', of: ({ events }) => underway(events.order_created) },
  {
    name: 'payment and its inbox entry committed, hold at the gateway',
    of: ({ events }) => events.payment_successful.occurred - events.order_created.received,
  },
  {
    name: 'outcome committed, and the relay reads payment_successful',
    of: ({ events }) => untilSent(events.payment_successful),
  },
  { name: 'Kafka, and the inventory service fetches it', of: ({ events }) => underway(events.payment_successful) },
  {
    name: 'stock taken and committed, and the relay reads inventory_updated',
    of: ({ events }) => events.inventory_updated.sent - events.payment_successful.received,
  },
  { name: 'Kafka, and the order service fetches it', of: ({ events }) => underway(events.inventory_updated) },
  {
    name: 'order confirmed and committed, and the waiting GET answered',
    of: ({ events, confirmed }) => confirmed - events.inventory_updated.received,
  },
];

/** The steps between POST and confirmed, without a gap between two of them. */
export function stepsOf(orders: readonly OrderTimes[]): Step[] {
  return STEPS.map(({ name, of }) => ({ name, ms: percentiles(orders.map(of)) }));
}

function untilSent({ occurred, sent }: EventTimes): number {
  return sent - occurred;
}

function underway({ sent, received }: EventTimes): number {
  return received - sent;
}
