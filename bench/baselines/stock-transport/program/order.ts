import { Body, Controller, Post } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  ValidateNested,
} from 'class-validator';
import { v7 } from 'uuid';
import { TOPICS } from '../roles';
import { Database } from './database';
import type { InventoryUpdated, OrderConfirmed, OrderCreated, PaymentFailed, PaymentSuccessful } from './events';
import { Publisher } from './kafka';

class PlaceOrderItem {
  @IsString() product_id!: string;
  @IsString() product_name!: string;
  @IsInt() @IsPositive() quantity!: number;
  @IsNumber({ maxDecimalPlaces: 2 }) @IsPositive() price!: number;
}

class PlaceOrder {
  @IsString() user_id!: string;
  @IsOptional() @IsString() payment_method?: string;
  @IsArray() @ArrayMinSize(1) @ValidateNested({ each: true }) @Type(() => PlaceOrderItem) items!: PlaceOrderItem[];
}

const INSERT_ORDER = {
  name: 'order',
  text: `INSERT INTO orders VALUES ($1, $2, 'pending', $3, $4, $5, now(), now())`,
};
const INSERT_ITEM = { name: 'item', text: 'INSERT INTO order_items VALUES ($1, $2, $3, $4, $5, $6)' };
const PAID = {
  name: 'paid',
  text: `UPDATE orders SET status = 'paid', updated_at = now() WHERE order_id = $1 AND status = 'pending'`,
};
const CANCEL = {
  name: 'cancel',
  text: `UPDATE orders SET status = 'cancelled', updated_at = now() WHERE order_id = $1`,
};
const CONFIRM = {
  name: 'confirm',
  text: `UPDATE orders SET status = 'confirmed', updated_at = now() WHERE order_id = $1 AND status IN ('pending', 'paid')
    RETURNING user_id, currency, total_amount::float8`,
};

@Controller()
export class OrderController {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  @Post('orders')
  async place(@Body() body: PlaceOrder): Promise<{ order_id: string; status: string }> {
    const cents = body.items.reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0);
    const { user_id, payment_method = 'credit_card', items } = body;
    const order: OrderCreated = {
      order_id: v7(),
      user_id,
      payment_method,
      currency: 'USD',
      total_amount: cents / 100,
      items,
    };
    await this.store(order);
    await this.publisher.publish(TOPICS.orderCreated, order);
    return { order_id: order.order_id, status: 'pending' };
  }

  @EventPattern(TOPICS.paymentSuccessful)
  async paid(@Payload() { order_id }: PaymentSuccessful): Promise<void> {
    // The news of the stock may have overtaken this.
    await this.database.run(PAID, [order_id]);
  }

  @EventPattern(TOPICS.paymentFailed)
  async cancel(@Payload() { order_id }: PaymentFailed): Promise<void> {
    await this.database.run(CANCEL, [order_id]);
  }

  @EventPattern(TOPICS.inventoryUpdated)
  async confirm(@Payload() { order_id }: InventoryUpdated): Promise<void> {
    const { rows } = await this.database.run(CONFIRM, [order_id]);
    for (const row of rows) {
      const confirmed = { order_id, ...row } as OrderConfirmed;
      await this.publisher.publish(TOPICS.orderConfirmed, confirmed);
    }
  }

  private store(order: OrderCreated): Promise<void> {
    const { order_id, user_id, total_amount, currency, payment_method } = order;
    return this.database.transaction(async (run) => {
      await run(INSERT_ORDER, [order_id, user_id, total_amount, currency, payment_method]);
      for (const [index, { product_id, product_name, quantity, price }] of order.items.entries()) {
        await run(INSERT_ITEM, [order_id, index + 1, product_id, product_name, quantity, price]);
      }
    });
  }
}
