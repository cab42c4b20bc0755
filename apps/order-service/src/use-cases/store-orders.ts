import { type Cause, OrderCreated, toDecimal } from '@app/events';
import { RowsLocked, type Settled, type SharedWork, type UnitOfWork } from '@app/messaging';
import { placedEntry } from '../domain/audit-trail';
import type { OpenOrder, OrderWithLines } from '../domain/order';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from '../domain/order.errors';
import type { OrderRequest } from '../domain/place-order';
import type { IdempotencyKeys, KeyVerdict, StoredAnswer } from '../persistence/idempotency-keys';
import { isOrderNumberTaken, type OrderRepository } from '../persistence/order.repository';
import type { OrderMetrics } from '../metrics/order-metrics';
import type { OrderNumbers, Salts } from '../persistence/random-values';

/** The answer; `replayed` when it is that of an earlier request with the same key. */
export interface PlacedOrder {
  readonly replayed: boolean;
  readonly answer: StoredAnswer;
}

/** An order on its way into the database. */
export interface Placing {
  readonly request: OrderRequest;
  readonly idempotencyKey?: string;
  readonly cause: Cause;
  readonly subject: string;
  readonly actor: string;
  readonly answerFor: (placed: OrderWithLines) => StoredAnswer;
  /** Replaced, with its answer, when another order has its number. */
  order: OpenOrder;
  answer: StoredAnswer;
}

/** Stores orders, their first audit entries, events and idempotency keys; what has another verdict of its key is answered by that. */
export class StoreOrders implements SharedWork<Placing, PlacedOrder> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly keys: IdempotencyKeys,
    private readonly numbers: OrderNumbers,
    private readonly salts: Salts,
    private readonly metrics: Pick<OrderMetrics, 'placed'>,
  ) {}

  orderIdOf({ order }: Placing): string {
    return order.orderId;
  }

  async perform(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<Settled<PlacedOrder>[]> {
    const verdicts = await this.keys.claim(
      unitOfWork,
      placings.map(({ subject, idempotencyKey: key, request: content }) => ({ subject, key, content })),
    );
    const accepted = placings.filter((_, index) => verdicts[index]?.kind === 'new');
    if (accepted.length > 0) await this.store(unitOfWork, accepted);
    return placings.map((placing, index) => outcomeOf(placings, placing, verdicts[index] ?? { kind: 'in_use' }));
  }

  async stored(unitOfWork: UnitOfWork, placings: readonly Placing[]) {
    const stored = await this.orders.stored(
      unitOfWork,
      placings.map(({ order }) => order.orderId),
    );
    return placings.map(({ order, answer }) => (stored.has(order.orderId) ? placed(answer) : undefined));
  }

  /** Whose number is taken, PostgreSQL does not say in a way to rely on: all of them get another one. */
  mend(placings: readonly Placing[], error: unknown): boolean {
    if (!isOrderNumberTaken(error)) return false;
    for (const placing of placings) renumber(placing, this.numbers.next());
    return true;
  }

  /** Only an order with a key needs something that others may have. */
  lockedOut({ idempotencyKey, order }: Placing): Error {
    return idempotencyKey === undefined ? new RowsLocked([order.orderId]) : new IdempotencyKeyInUse();
  }

  private async store(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<void> {
    await this.orders.insert(
      unitOfWork,
      placings.map(({ order, actor, request: { lines }, cause: trace }) => {
        const userSalt = this.salts.next();
        return { order, lines, userSalt, entry: placedEntry(order, lines, userSalt, actor), trace };
      }),
    );
    const keyed = placings.flatMap(({ subject, idempotencyKey, request, order, answer }) =>
      idempotencyKey === undefined
        ? []
        : [{ subject, key: idempotencyKey, content: request, orderId: order.orderId, answer, at: order.createdAt }],
    );
    await this.keys.store(unitOfWork, keyed);
    for (const placing of placings) announceCreated(unitOfWork, placing);
    this.metrics.placed(unitOfWork, placings.length);
  }
}

function renumber(placing: Placing, orderNumber: string): void {
  placing.order = { ...placing.order, orderNumber };
  placing.answer = placing.answerFor({ order: placing.order, lines: placing.request.lines, cancellation: {} });
}

function announceCreated(unitOfWork: UnitOfWork, { order, request, cause }: Placing): void {
  unitOfWork.publish(OrderCreated, {
    orderId: order.orderId,
    cause,
    payload: {
      order_number: order.orderNumber,
      user_id: order.userId,
      payment_method: order.paymentMethod,
      currency: order.currency,
      total_amount: toDecimal(order.total),
      items: request.lines.map((line) => ({
        product_id: line.productId,
        product_name: line.productName,
        quantity: line.quantity,
        price: toDecimal(line.price),
      })),
    },
  });
}

function outcomeOf(placings: readonly Placing[], { answer }: Placing, verdict: KeyVerdict): Settled<PlacedOrder> {
  switch (verdict.kind) {
    case 'new':
      return placed(answer);
    case 'replay':
      return placed(verdict.answer, true);
    case 'same_as':
      return placed(placings[verdict.index]?.answer ?? answer, true);
    case 'mismatch':
      return { status: 'rejected', reason: new IdempotencyKeyReused() };
    case 'in_use':
      return { status: 'rejected', reason: new IdempotencyKeyInUse() };
  }
}

function placed(answer: StoredAnswer, replayed = false): Settled<PlacedOrder> {
  return { status: 'fulfilled', value: { replayed, answer } };
}
