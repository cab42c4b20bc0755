import { minorUnitsOf, toMinorUnits, type NotificationType } from '@app/events';
import { placeOrder } from '../../apps/order-service/src/domain/place-order';
import type { Order } from '../../apps/order-service/src/domain/order';
import { stepOrder, type OrderTrigger } from '../../apps/order-service/src/domain/order-lifecycle';
import { decidePayment } from '../../apps/payment-service/src/domain/decide-payment';
import type { OrderInput, PaymentInput } from '../../apps/payment-service/src/domain/payment-input';
import { callFor, handOver, type GatewayCall, type Payment } from '../../apps/payment-service/src/domain/payment';
import { RetryPolicy } from '../../apps/payment-service/src/domain/retry-policy';
import { decideStock } from '../../apps/inventory-service/src/domain/allocation-lifecycle';
import type { StockAllocation, StockEvent } from '../../apps/inventory-service/src/domain/stock-allocation';
import { UNKNOWN_ORDER, type KnownOrder } from '../../apps/notification-service/src/domain/notification';
import { afterPlan, planNotifications } from '../../apps/notification-service/src/domain/notification-plan';
import { GatewayModel, TOTAL, type Card, type Line } from './gateway.model';

/** What travels between the services, reduced to what the deciding functions read. */
type Message =
  | { readonly to: 'order'; readonly trigger: OrderTrigger }
  | { readonly to: 'payment'; readonly kind: OrderInput['kind'] }
  | { readonly to: 'payment'; readonly kind: 'money_moved' }
  | { readonly to: 'inventory'; readonly event: StockEvent }
  | { readonly to: 'notification'; readonly type: NotificationType; readonly part: number | null }
  | { readonly to: 'gateway'; readonly call: GatewayCall; readonly lease: Date };

/** The choices of a run: which message is next, how often it comes, how long everything takes. */
export interface Chance {
  /** 0 … `below` − 1. */
  pick(below: number): number;
}

const LINES: readonly Line[] = ['fine', 'fine', 'fine', 'lost_before', 'lost_after', 'down'];
const LEASE_MS = 30_000;
const MINUTE_MS = 60_000;

/** The deciding functions of all four services around one order, with a network that delays, reorders and repeats. */
export class World {
  order: Order;
  payment: Payment | undefined;
  allocation: StockAllocation | undefined;
  notifications: KnownOrder = UNKNOWN_ORDER;
  readonly gateway: GatewayModel;
  readonly announced: string[] = [];
  private readonly levels: Map<string, number>;
  private readonly travelling: Message[] = [];
  private readonly delivered: Message[] = [];
  private now = new Date('2026-01-15T09:30:00.000Z');
  private ids = 0;

  constructor(
    card: Card,
    readonly stock: number,
    private readonly chance: Chance,
  ) {
    this.gateway = new GatewayModel(card);
    this.levels = new Map([['LAPTOP001', stock]]);
    const line = { productId: 'LAPTOP001', productName: 'Laptop', quantity: 2, price: toMinorUnits(10) };
    const request = { userId: 'user_1', paymentMethod: 'card', currency: 'USD', lines: [line] };
    this.order = placeOrder(
      request,
      { orderId: 'order-1', orderNumber: '7F3K-29QX', correlationId: 'c-1' },
      this.now,
      15 * MINUTE_MS,
    );
    this.publish('order_created', { to: 'payment', kind: 'order_created' });
    this.tell('order_received');
  }

  get level(): number {
    return this.levels.get('LAPTOP001') ?? 0;
  }

  /** One thing happens: a message arrives, an old one comes again, a worker begins, the customer cancels, time passes. */
  step(): void {
    this.now = new Date(this.now.getTime() + this.chance.pick(20_000));
    const what = this.chance.pick(20);
    if (what === 0) this.customerCancels();
    else if (what === 1) this.deadlinePasses();
    else if (what <= 4) this.repeat();
    else if (what <= 8) this.work();
    else if (what === 9) this.operatorRefunds();
    else this.deliver(this.chance.pick(Math.max(1, this.travelling.length)), LINES[this.chance.pick(LINES.length)]);
  }

  /** The lines work again and nothing is delayed any more; ends when nothing is left to happen. */
  comeToRest(): void {
    for (let round = 0; round < 200; round += 1) {
      while (this.travelling.length > 0) this.deliver(0, 'fine');
      this.now = new Date(this.now.getTime() + 2 * MINUTE_MS);
      this.deadlinePasses();
      this.work();
      if (this.travelling.length === 0 && (this.payment?.operation ?? null) === null) return;
    }
    throw new Error(`no rest: ${JSON.stringify({ order: this.order, payment: this.payment })}`);
  }

  customerCancels(): void {
    this.advance('cancel_requested');
  }

  /** Now a part, now all that is left; the gateway's hint of it travels like any other. */
  private operatorRefunds(): void {
    const amount = [1, 500, TOTAL][this.chance.pick(3)] ?? TOTAL;
    if (this.gateway.refundByHand(amount)) this.travelling.push({ to: 'payment', kind: 'money_moved' });
  }

  private deadlinePasses(): void {
    if (this.now >= this.order.deadlineAt) this.advance('deadline_passed');
  }

  /** A message that was delivered before comes once more, with no inbox to stop it. */
  private repeat(): void {
    const again = this.delivered[this.chance.pick(Math.max(1, this.delivered.length))];
    if (again !== undefined) this.travelling.push(again);
  }

  /** A worker looks whether a call to the gateway is due. */
  private work(): void {
    const { payment } = this;
    if (payment === undefined || payment.operation === null || payment.paymentMethod === null) return;
    if (payment.operation.dueAt > this.now) return;
    const lease = new Date(this.now.getTime() + LEASE_MS);
    const call = callFor(payment);
    this.travelling.push({ to: 'gateway', call, lease });
    // Somebody who only asks sends nothing, so the time of the last sending stays.
    const { sentAt } = payment.operation;
    const leased = handOver(payment, this.now, lease);
    const asks = call.manner === 'only_ask' && leased.operation !== null;
    this.payment = asks ? { ...leased, operation: { ...leased.operation, sentAt } } : leased;
  }

  private deliver(index: number, line: Line = 'fine'): void {
    const [message] = this.travelling.splice(index, 1);
    if (message === undefined) return;
    if (message.to !== 'gateway') this.delivered.push(message);
    switch (message.to) {
      case 'order':
        return this.advance(message.trigger);
      case 'payment':
        return this.paymentHears(
          message.kind === 'money_moved'
            ? { kind: message.kind, orderId: this.order.orderId }
            : this.orderInput(message.kind),
        );
      case 'inventory':
        return this.inventoryHears(message.event);
      case 'notification':
        return this.notificationHears(message.type, message.part);
      case 'gateway': {
        const outcome = this.gateway.take(message.call, line);
        return this.paymentHears({ kind: 'gateway', orderId: this.order.orderId, lease: message.lease, outcome });
      }
    }
  }

  private advance(trigger: OrderTrigger): void {
    const step = stepOrder(this.order, trigger, this.now);
    this.order = step.order;
    if (step.kind !== 'moved' || step.announces === undefined) return;
    this.publish(step.announces, { to: 'payment', kind: step.announces });
    this.tell(step.announces);
    if (step.announces === 'order_cancelled') {
      this.travelling.push({ to: 'inventory', event: { type: 'order_cancelled', userId: this.order.userId } });
    }
  }

  private paymentHears(input: PaymentInput): void {
    const context = { now: this.now, paymentId: 'payment-1', jitter: 0.5, policy: new RetryPolicy() };
    const { payment, announcements } = decidePayment(this.payment, input, context);
    this.payment = payment;
    for (const { type, payload } of announcements) {
      const isReversal = type === 'payment_refunded' && payload.initiator !== undefined;
      const trigger = isReversal ? 'payment_reversed' : type;
      this.publish(trigger, { to: 'order', trigger });
      if (type === 'payment_adjusted') this.tell('payment_refunded', Math.round(payload.refunded_amount * 100));
      else if (type !== 'payment_captured') this.tell(type === 'payment_successful' ? 'order_paid' : type);
      if (type !== 'payment_successful') continue;
      const items = payload.items.map(({ product_id, quantity }) => ({ productId: product_id, quantity }));
      this.travelling.push({ to: 'inventory', event: { type, userId: payload.user_id, items } });
    }
  }

  private inventoryHears(event: StockEvent): void {
    const decision = decideStock(this.allocation, event, this.levels);
    this.allocation = decision.allocation;
    for (const { productId, balance } of decision.changes) this.levels.set(productId, balance);
    for (const announcement of decision.announcements) {
      const trigger: OrderTrigger =
        announcement.type === 'inventory_insufficient'
          ? 'inventory_insufficient'
          : announcement.change === 'taken'
            ? 'stock_taken'
            : 'stock_returned';
      this.publish(trigger, { to: 'order', trigger });
    }
  }

  private notificationHears(type: NotificationType, part: number | null): void {
    const recipients = [{ channel: 'email' as const, address: 'user_1@example.test' }];
    const plan = planNotifications(this.notifications, type, recipients, () => `n-${(this.ids += 1)}`, part);
    this.notifications = afterPlan(this.notifications, type, plan);
  }

  private publish(name: string, message: Message): void {
    this.announced.push(name);
    this.travelling.push(message);
  }

  private tell(type: NotificationType, part: number | null = null): void {
    this.travelling.push({ to: 'notification', type, part });
  }

  private orderInput(kind: OrderInput['kind']): OrderInput {
    const items = [{ productId: 'LAPTOP001', quantity: 2 }];
    return {
      kind,
      orderId: this.order.orderId,
      userId: 'user_1',
      currency: 'USD',
      amount: minorUnitsOf(this.order.total),
      cause: { correlationId: 'c-1' },
      ...(kind === 'order_confirmed' ? {} : { paymentMethod: 'card' }),
      ...(kind === 'order_created' ? { items } : {}),
    };
  }
}
