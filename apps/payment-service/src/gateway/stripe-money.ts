import { minorUnitsOf, type DisputeState, type MinorUnits } from '@app/events';
import type Stripe from 'stripe';
import type { MoneyAtGateway } from '../domain/gateway-outcome';
import { fromStripeAmount } from './stripe-amount';

/** How the money of a PaymentIntent stands, and how many of its refunds did not fail. */
export interface StripeMoney extends MoneyAtGateway {
  readonly refunds: number;
}

/** Reads it: the sums of all refunds, however many, and of disputes if there are any. */
export async function moneyOf(stripe: Stripe, reference: string): Promise<StripeMoney> {
  const [intent, listed] = await Promise.all([
    stripe.paymentIntents.retrieve(reference, { expand: ['latest_charge'] }),
    everything(stripe.refunds.list({ payment_intent: reference, limit: 100 })),
  ]);
  const { latest_charge: charge, currency } = intent;
  const isDisputed = typeof charge === 'object' && charge?.disputed === true;
  const disputes = isDisputed ? await everything(stripe.disputes.list({ payment_intent: reference, limit: 100 })) : [];
  const refunds = listed.filter(standsFor);
  const lost = disputes.filter(({ status }) => status === 'lost');
  return {
    captured: fromStripeAmount(intent.amount_received, currency),
    returned: minorUnitsOf(sum(refunds, currency) + sum(lost, currency)),
    dispute: stateOf(disputes),
    // Stripe lists the newest first.
    refundReference: refunds[0]?.id ?? null,
    refunds: refunds.length,
  };
}

/** Whether a refund gives money back, or will: one that failed or was cancelled has left it with us. */
export function standsFor({ status }: Stripe.Refund): boolean {
  return status !== 'failed' && status !== 'canceled';
}

async function everything<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

function sum(items: readonly { readonly amount: number }[], currency: string): MinorUnits {
  const total = items.reduce((before, { amount }) => before + amount, 0);
  return fromStripeAmount(total, currency);
}

/** One that is open comes first; of those that are closed, one that was lost. A warning that was closed never took any money. */
function stateOf(disputes: readonly Stripe.Dispute[]): DisputeState | null {
  if (disputes.length === 0) return null;
  const states = disputes.map(({ status }): DisputeState => {
    if (status === 'lost') return 'lost';
    return status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open';
  });
  return (['open', 'lost', 'won'] as const).find((state) => states.includes(state)) ?? null;
}
