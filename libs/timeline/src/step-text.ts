import type { OrderEventAnswer } from './answers';
import { nameOf, stepOf } from './step-of';

type Details = Readonly<Record<string, unknown>>;

/** How a step of the audit trail becomes the event that it is worded as. */
interface AsEvent {
  /** By default the event has the name of the step. */
  readonly type?: string;
  /** The details without which the event cannot be worded. Entries of before there were details have none. */
  readonly needs: readonly string[];
  /** Details that have another name in the event: by their name in the trail. */
  readonly names?: Readonly<Record<string, string>>;
}

const REFUND: AsEvent = { type: 'payment_refunded', needs: ['amount'], names: { refund_method: 'method' } };

const EVENTS: Readonly<Record<string, AsEvent>> = {
  order_created: { needs: ['items', 'total_amount'] },
  payment_successful: { needs: ['amount'] },
  payment_failed: { needs: ['amount', 'decline_reason'], names: { decline_reason: 'reason' } },
  payment_captured: { needs: ['captured_amount'] },
  payment_refunded: REFUND,
  payment_reversed: REFUND,
  payment_adjusted: { needs: ['given_back'] },
  inventory_insufficient: { needs: ['shortages'] },
};

/** Says a step of the audit trail in the words of its event, then what became of the order. @param currency that of the order: the steps do not repeat it */
export function stepText({ event, from, to, reason, details }: OrderEventAnswer, currency?: string): string {
  const outcome = from === to || from === null ? '' : `; the order is ${to}`;
  const why = reason === null ? '' : ` (${reason.replaceAll('_', ' ')})`;
  return `${wordsOf(event, { currency, ...details })}${outcome}${why}`;
}

function wordsOf(event: string, details: Details): string {
  const asEvent = EVENTS[event];
  if (asEvent?.needs.every((name) => details[name] !== undefined) === true) {
    return stepOf({ type: asEvent.type ?? event, payload: renamed(details, asEvent.names) }).message;
  }
  if (event !== 'cancel_requested') return nameOf(event);
  const { customer_reason: reason } = details;
  return `Cancellation requested${typeof reason === 'string' ? `: ${reason}` : ''}`;
}

function renamed(details: Details, names: Readonly<Record<string, string>> = {}): Details {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [names[name] ?? name, value]));
}
