const payments = ['paid', 'refused', 'captured', 'refunded', 'reversed', 'adjusted'] as const;
/** Events that contradict the order as it was placed: which, what of it is wrong, and how. */
export const WRONGS = [
  ...payments.flatMap((kind) => [
    [kind, 'customer', { user_id: 'mallory' }] as const,
    [kind, 'currency', { currency: 'INR' }] as const,
    [kind, 'means of payment', { payment_method: 'gift_card' }] as const,
  ]),
  ...(['paid', 'refused', 'captured', 'refunded', 'reversed'] as const).map(
    (kind) => [kind, 'amount', { amount: 0.01 }] as const,
  ),
  ['captured', 'parts of the amount', { captured_amount: 1300 }] as const,
  ['adjusted', 'parts of the amount', { captured_amount: 1300 }] as const,
  ['adjusted', 'parts of the amount', { given_back: 5, refunded_amount: 4 }] as const,
  ...(['taken', 'returned', 'short'] as const).map((kind) => [kind, 'customer', { user_id: 'mallory' }] as const),
];
