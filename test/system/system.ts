import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { serviceNames, startStack, type RunningStack, type StartStackOptions } from '../../tools/stack/index.ts';
import type { NotificationAnswer, OrderAnswer, PaymentAnswer, ProductAnswer } from './answers.ts';
import { HttpClient, type Answer } from './http.ts';

/** A line of an order, as the documentation writes it. */
export interface ItemRequest {
  readonly product_id: string;
  readonly product_name: string;
  readonly quantity: number;
  readonly price: number;
}

export interface OrderRequest {
  readonly user_id: string;
  readonly items: readonly ItemRequest[];
  readonly payment_method?: string;
  readonly currency?: string;
}

/** The whole system, on infrastructure of its own, used the way its users use it. */
export class System {
  readonly orders: HttpClient;
  readonly payments: HttpClient;
  readonly inventory: HttpClient;
  readonly notifications: HttpClient;
  readonly mail: HttpClient;
  readonly stack: RunningStack;

  private constructor(stack: RunningStack) {
    this.stack = stack;
    const at = (name: string): HttpClient => new HttpClient(stack.services[name] ?? '');
    this.orders = at('order-service');
    this.payments = at('payment-service');
    this.inventory = at('inventory-service');
    this.notifications = at('notification-service');
    this.mail = new HttpClient(stack.mailUrl);
  }

  /** Starts everything; needs the services to be built (`npm run build`). */
  static async start(options: StartStackOptions = {}): Promise<System> {
    return new System(await startStack({ services: [...serviceNames], ...options }));
  }

  /** Of a stack whose services were started already. */
  static of(stack: RunningStack): System {
    return new System(stack);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }

  /** POST /orders; fails unless the order was accepted. */
  async place(order: Partial<OrderRequest> = {}, headers: Record<string, string> = {}): Promise<OrderAnswer> {
    const answer = await this.tryPlace(order, headers);
    if (answer.status !== 201) throw new Error(`POST /orders: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  tryPlace(order: Partial<OrderRequest> = {}, headers: Record<string, string> = {}): Promise<Answer<OrderAnswer>> {
    return this.orders.post<OrderAnswer>('/orders', { ...anOrder(), ...order }, headers);
  }

  /** The order once it is confirmed or cancelled. */
  async settled(orderId: string, waitSeconds = 25): Promise<OrderAnswer> {
    const { body } = await this.orders.get<OrderAnswer>(`/orders/${orderId}?wait=${waitSeconds}s`);
    if (body.status !== 'confirmed' && body.status !== 'cancelled') {
      throw new Error(`order ${orderId} is still ${body.status} after ${waitSeconds} s`);
    }
    return body;
  }

  async payment(orderId: string): Promise<PaymentAnswer> {
    const { body } = await this.payments.get<{ payments: PaymentAnswer[] }>(`/payments?order_id=${orderId}`);
    const [payment] = body.payments;
    if (payment === undefined) throw new Error(`order ${orderId} has no payment`);
    return payment;
  }

  async notificationsOf(orderId: string): Promise<NotificationAnswer[]> {
    const { body } = await this.notifications.get<{ notifications: NotificationAnswer[] }>(
      `/notifications?order_id=${orderId}`,
    );
    return body.notifications;
  }

  async quantityOf(productId: string): Promise<number> {
    return (await this.inventory.get<ProductAnswer>(`/inventory/${productId}`)).body.quantity;
  }

  /** A product nobody else orders. */
  async newProduct(quantity: number): Promise<ItemRequest> {
    const product = { product_id: `TEST-${randomUUID()}`, product_name: 'Test product', price: 10 };
    const answer = await this.inventory.post('/inventory', { ...product, quantity, currency: 'USD' });
    if (answer.status !== 201) throw new Error(`POST /inventory: ${answer.status} ${JSON.stringify(answer.body)}`);
    return { ...product, quantity: 1 };
  }

  /** Runs SQL as the administrator, over all four schemas. */
  async sql<Row extends object>(query: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.stack.databaseUrl('admin') });
    await client.connect();
    try {
      return (await client.query<Row>(query, parameters)).rows;
    } finally {
      await client.end();
    }
  }
}

/** The order of the documentation. */
export function anOrder(): OrderRequest {
  return {
    user_id: 'user_123',
    items: [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 }],
  };
}
