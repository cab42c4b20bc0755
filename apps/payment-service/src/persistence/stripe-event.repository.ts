import type { UnitOfWork } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import type { PaymentHint } from '../gateway/payment-gateway';

const STORE = `
  INSERT INTO stripe_events (event_id, type, order_id, received_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING event_id`;

/** Stripe tries for three days; what is older by far is dropped, a few rows at a time. */
const FORGET = `
  DELETE FROM stripe_events WHERE event_id = ANY (ARRAY(
    SELECT event_id FROM stripe_events WHERE received_at < $1::timestamptz - interval '30 days' LIMIT 100
    FOR UPDATE SKIP LOCKED))`;

/* Only what waits for another attempt because its outcome is unknown: who is at work right now needs no hint. */
const BRING_FORWARD = `
  UPDATE payments SET due_at = $2::timestamptz, look_at = least(look_at, $2::timestamptz)
  WHERE order_id = $1 AND operation IS NOT NULL AND uncertain AND due_at > $2::timestamptz`;

/** What Stripe has said, and what it is good for: a payment of unknown outcome is looked up sooner. */
@Injectable()
export class StripeEventRepository {
  /** @returns whether it was heard for the first time. */
  async store(unitOfWork: UnitOfWork, { eventId, type, orderId }: PaymentHint, now: Date): Promise<boolean> {
    await unitOfWork.query(FORGET, [now]);
    return (await unitOfWork.query(STORE, [eventId, type, orderId ?? null, now])).length > 0;
  }

  async lookUpSoon(unitOfWork: UnitOfWork, orderId: string, now: Date): Promise<void> {
    await unitOfWork.query(BRING_FORWARD, [orderId, now]);
  }
}
