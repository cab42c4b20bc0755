import { type Cause, eventOfTopic, type EventEnvelope, traceIdOf } from '@app/events';
import { type StepNote, StepObserver } from '@app/messaging';
import { type BufferedLog, redactText } from '@app/platform';
import { stepOf } from '@app/timeline';

/** Which orders are logged. `sampled`: one of a hundred, the same ones in every service. */
export const ORDER_LOG_MODES = ['off', 'sampled', 'all'] as const;
export type OrderLogMode = (typeof ORDER_LOG_MODES)[number];

const SAMPLED_ONE_IN = 100;

/**
 * Writes a line at `info` for each step of an order: for every event that a service publishes, and for what it notes besides, once
 * that is committed. The line of an event has
 * `event` (its type), `event_id`, `order_id` (or `product_id`), `correlation_id`, and if there are any `causation_id` and `trace_id`.
 */
export class OrderLog extends StepObserver {
  constructor(
    private readonly log: Pick<BufferedLog, 'isEnabled' | 'write'>,
    private readonly mode: OrderLogMode,
  ) {
    super();
  }

  published(events: readonly EventEnvelope[]): void {
    if (this.mode === 'off' || !this.log.isEnabled) return;
    for (const event of events) if (this.mode === 'all' || isSampled(event.orderId)) this.write(event);
  }

  noted(steps: readonly StepNote[]): void {
    if (this.mode === 'off' || !this.log.isEnabled) return;
    for (const { orderId, message, fields, cause } of steps) {
      if (this.mode === 'sampled' && !isSampled(orderId)) continue;
      this.log.write(redactText(message), { order_id: orderId, ...idsOf(cause), ...fields });
    }
  }

  private write(event: EventEnvelope): void {
    const { message, fields } = stepOf(event);
    this.log.write(redactText(message), {
      event: event.type,
      // Of what the event is about: `order_id`, or `product_id`.
      [`${eventOfTopic(event.type)?.key ?? 'order'}_id`]: redactText(event.orderId),
      event_id: event.id,
      ...idsOf(event.cause),
      ...fields,
    });
  }
}

function idsOf({ correlationId, causationId, traceparent }: Cause): Record<string, string> {
  return {
    ...(causationId === undefined ? undefined : { causation_id: causationId }),
    correlation_id: redactText(correlationId),
    ...(traceparent === undefined ? undefined : { trace_id: traceIdOf(traceparent) }),
  };
}

/** By the end of the id, which is random. */
function isSampled(orderId: string): boolean {
  return parseInt(orderId.slice(-6), 16) % SAMPLED_ONE_IN === 0;
}
