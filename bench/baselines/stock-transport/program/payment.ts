import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { v7 } from 'uuid';
import { TOPICS } from '../roles';
import { Database } from './database';
import type { OrderCreated, PaymentSuccessful } from './events';
import { Publisher } from './kafka';

const INSERT_PAYMENT = {
  name: 'payment',
  text: `INSERT INTO payments VALUES ($1, $2, $3, 'captured', $4, $5, $6, now())`,
};

/** Every payment succeeds, at once: the gateway is not what is measured. */
@Controller()
export class PaymentController {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  @EventPattern(TOPICS.orderCreated)
  async pay(@Payload() order: OrderCreated): Promise<void> {
    const { order_id, user_id, total_amount: amount, currency, items } = order;
    const payment_id = v7();
    await this.database.run(INSERT_PAYMENT, [payment_id, order_id, user_id, amount, currency, `ref_${order_id}`]);
    const taken = items.map(({ product_id, quantity }) => ({ product_id, quantity }));
    const event: PaymentSuccessful = { order_id, payment_id, user_id, currency, amount, items: taken };
    await this.publisher.publish(TOPICS.paymentSuccessful, event);
  }
}
