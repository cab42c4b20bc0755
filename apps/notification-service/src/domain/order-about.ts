import type { MinorUnits } from '@app/events';
import type { Announcement, Facts } from './announcement';
import { OrderContradicted } from './notification.errors';

/** Whose order it is and over what, as far as that is known. It never changes. */
export interface OrderAbout {
  readonly userId: string | undefined;
  readonly orderNumber: string | undefined;
  readonly currency: string | undefined;
  readonly total: MinorUnits | undefined;
}

/** What an announcement says of its order. A refund of a part does not say how much all of it is. */
export function aboutOf({ userId, facts }: Announcement): OrderAbout {
  const total = totalRefunded(facts) === undefined ? facts.amount : undefined;
  return { userId, orderNumber: facts.orderNumber, currency: facts.currency, total };
}

/** @throws OrderContradicted naming what is different, without values: they are somebody's data. */
export function expectSameOrder(known: OrderAbout, announcement: Announcement): void {
  const said = aboutOf(announcement);
  const found: string[] = [];
  if (differ(known.userId, said.userId)) found.push('customer');
  if (differ(known.orderNumber, said.orderNumber)) found.push('number');
  if (differ(known.currency, said.currency)) found.push('currency');
  if (differ(known.total, said.total) || !isPart(announcement.facts, known.total)) found.push('amount');
  if (found.length > 0) throw new OrderContradicted(announcement, found);
}

function differ<Value>(known: Value | undefined, said: Value | undefined): boolean {
  return known !== undefined && said !== undefined && known !== said;
}

/** What is given back now is a part of all that was given back, and that a part of the order's money. */
function isPart(facts: Facts, total: MinorUnits | undefined): boolean {
  const refunded = totalRefunded(facts);
  return refunded === undefined || (facts.amount <= refunded && (total === undefined || refunded <= total));
}

function totalRefunded(facts: Facts): MinorUnits | undefined {
  return facts.type === 'payment_refunded' ? facts.total : undefined;
}
