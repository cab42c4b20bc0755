import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { v7 } from 'uuid';
import { TOPICS } from '../roles';
import { Database } from './database';
import type { NotificationSent, OrderConfirmed, OrderCreated, PaymentSuccessful } from './events';
import { Publisher } from './kafka';

const INSERT_NOTIFICATION = {
  name: 'notification',
  text: `INSERT INTO notifications VALUES ($1, $2, $3, $4, $5, $6, 'sent', now())`,
};

/** Every mail is sent at once: the mail server is not what is measured. */
@Controller()
export class NotificationController {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  @EventPattern(TOPICS.orderCreated)
  received(@Payload() order: OrderCreated): Promise<void> {
    const text = `Your order ${order.order_id} over ${order.total_amount} ${order.currency}.`;
    return this.notify(order, 'order_received', 'Order received', text);
  }

  @EventPattern(TOPICS.paymentSuccessful)
  paid(@Payload() payment: PaymentSuccessful): Promise<void> {
    const text = `${payment.amount} ${payment.currency} for your order ${payment.order_id}.`;
    return this.notify(payment, 'order_paid', 'Payment received', text);
  }

  @EventPattern(TOPICS.orderConfirmed)
  confirmed(@Payload() order: OrderConfirmed): Promise<void> {
    const text = `Your order ${order.order_id} over ${order.total_amount} ${order.currency}.`;
    return this.notify(order, 'order_confirmed', 'Order confirmed', text);
  }

  private async notify(
    { order_id, user_id }: { readonly order_id: string; readonly user_id: string },
    type: string,
    subject: string,
    message: string,
  ): Promise<void> {
    const notification_id = v7();
    await this.database.run(INSERT_NOTIFICATION, [notification_id, order_id, user_id, type, subject, message]);
    const event: NotificationSent = { order_id, notification_id, user_id, type };
    await this.publisher.publish(TOPICS.notificationSent, event);
  }
}
