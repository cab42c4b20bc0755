import { OrderCreated, toDecimal, type Cause } from '@app/events';
import { GroupCommit, Overloaded, Transactions, type Settled, type UnitOfWork } from '@app/messaging';
import { Clock, DomainError, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { appendFact, EMPTY_CHAIN, type AuditEntry } from '../domain/audit-trail';
import type { Order, OrderLine } from '../domain/order';
import { placeOrder, type OrderRequest } from '../domain/place-order';
import { IdempotencyKeys, type KeyVerdict, type StoredAnswer } from '../persistence/idempotency-keys';
import { OrderRepository } from '../persistence/order.repository';
import { PlaceOrderOptions } from './place-order.options';

/** A request to place an order. */
export interface PlaceOrderCommand {
  readonly request: OrderRequest;
  readonly idempotencyKey?: string;
  readonly cause: Cause;
  /** Makes the answer, which is stored with the key: a repeated request gets the same bytes. */
  readonly answer: (order: Order, lines: readonly OrderLine[]) => StoredAnswer;
}

/** The answer; `replayed` when it is that of an earlier request with the same key. */
export interface PlacedOrder {
  readonly replayed: boolean;
  readonly answer: StoredAnswer;
}

interface Placing extends Omit<PlaceOrderCommand, 'answer'> {
  readonly order: Order;
  readonly answer: StoredAnswer;
}

/**
 * Places orders. Requests that arrive together share one transaction; each is still accepted or refused for itself, and
 * when the shared transaction fails for a reason of one of them, each gets one of its own.
 */
@Injectable()
export class PlaceOrder {
  private readonly group: GroupCommit<Placing, PlacedOrder>;

  constructor(
    private readonly options: PlaceOrderOptions,
    private readonly transactions: Transactions,
    private readonly orders: OrderRepository,
    private readonly keys: IdempotencyKeys,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.group = new GroupCommit((placings) => this.placeTogether(placings), {
      maxGroup: 200,
      maxWaiting: options.maxWaiting,
      concurrency: 2,
    });
  }

  /**
   * Resolves when the order, its event and its idempotency key are committed.
   * @throws OrderTotalTooLarge, or DomainError: the key belongs to another request (unprocessable) or is in use right now
   * (conflict), or too many orders are waiting (unavailable).
   */
  async execute(command: PlaceOrderCommand): Promise<PlacedOrder> {
    const identity = { orderId: this.ids.next(), correlationId: command.cause.correlationId };
    const order = placeOrder(command.request, identity, this.clock.now(), this.options.deadlineMs);
    const answer = command.answer(order, command.request.lines);
    return this.group.submit({ ...command, order, answer }).catch((error: unknown) => {
      throw error instanceof Overloaded ? overloaded() : error;
    });
  }

  private async placeTogether(placings: readonly Placing[]): Promise<Settled<PlacedOrder>[]> {
    try {
      return await this.transactions.run((unitOfWork) => this.place(unitOfWork, placings));
    } catch (error) {
      if (placings.length === 1) throw error;
      const each = placings.map((placing) => this.placeTogether([placing]).then(([outcome]) => outcome));
      return (await Promise.allSettled(each)).map((result) =>
        result.status === 'rejected' ? result : (result.value ?? { status: 'rejected', reason: undefined }),
      );
    }
  }

  private async place(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<Settled<PlacedOrder>[]> {
    const verdicts = await this.keys.claim(
      unitOfWork,
      placings.map(({ idempotencyKey, request }) => ({ key: idempotencyKey, content: request })),
    );
    const accepted = placings.filter((_, index) => verdicts[index]?.kind === 'new');
    if (accepted.length > 0) await this.store(unitOfWork, accepted);
    return placings.map((placing, index) => outcomeOf(placings, placing, verdicts[index] ?? { kind: 'in_use' }));
  }

  private async store(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<void> {
    await this.orders.insert(
      unitOfWork,
      placings.map(({ order, request }) => ({ order, lines: request.lines, entry: firstEntry(order) })),
    );
    const keyed = placings.flatMap(({ idempotencyKey, request, order, answer }) =>
      idempotencyKey === undefined
        ? []
        : [{ key: idempotencyKey, content: request, orderId: order.orderId, answer, at: order.createdAt }],
    );
    await this.keys.store(unitOfWork, keyed);
    for (const placing of placings) announceCreated(unitOfWork, placing);
  }
}

function firstEntry(order: Order): AuditEntry {
  return appendFact(EMPTY_CHAIN, {
    orderId: order.orderId,
    event: 'order_created',
    from: null,
    to: order.status,
    reason: null,
    actor: 'customer',
    causeEventId: null,
    correlationId: order.correlationId,
    occurredAt: order.createdAt,
  });
}

function announceCreated(unitOfWork: UnitOfWork, { order, request, cause }: Placing): void {
  unitOfWork.publish(OrderCreated, {
    orderId: order.orderId,
    cause,
    payload: {
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
      return { status: 'fulfilled', value: { replayed: false, answer } };
    case 'replay':
      return { status: 'fulfilled', value: { replayed: true, answer: verdict.answer } };
    case 'same_as':
      return { status: 'fulfilled', value: { replayed: true, answer: placings[verdict.index]?.answer ?? answer } };
    case 'mismatch':
      return { status: 'rejected', reason: keyMismatch() };
    case 'in_use':
      return { status: 'rejected', reason: keyInUse() };
  }
}

function keyMismatch(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_REUSED',
    kind: 'unprocessable',
    message: 'This Idempotency-Key belongs to a request with other parameters; use a new key for a new order.',
  });
}

function keyInUse(): DomainError {
  return new DomainError({
    code: 'ORDER.IDEMPOTENCY_KEY_IN_USE',
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is being processed; ask again for its answer.',
    retryAfterSeconds: 1,
  });
}

function overloaded(): DomainError {
  return new DomainError({
    code: 'ORDER.OVERLOADED',
    kind: 'unavailable',
    message: 'Too many orders are waiting to be stored; nothing was stored of this one.',
    retryAfterSeconds: 1,
  });
}
