import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS } from '../roles';
import { Database } from './database';
import type { InventoryUpdated, PaymentSuccessful } from './events';
import { Publisher } from './kafka';

const TAKE = {
  name: 'take',
  text: 'UPDATE inventory SET quantity = quantity - $2 WHERE product_id = $1 AND quantity >= $2',
};
const INSERT_MOVEMENT = {
  name: 'movement',
  text: `INSERT INTO stock_movements (product_id, order_id, quantity_delta, created_at) VALUES ($1, $2, -$3::integer, now())`,
};

@Controller()
export class InventoryController {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
  ) {}

  @EventPattern(TOPICS.paymentSuccessful)
  async take(@Payload() { order_id, user_id, items }: PaymentSuccessful): Promise<void> {
    // In one order for everybody, or two orders of the same products would block each other forever.
    const sorted = items.toSorted((a, b) => (a.product_id < b.product_id ? -1 : 1));
    await this.database.transaction(async (run) => {
      for (const { product_id, quantity } of sorted) {
        const { rowCount } = await run(TAKE, [product_id, quantity]);
        if (rowCount !== 1) throw new Error(`there is not enough of ${product_id}, of which there is always enough`);
        await run(INSERT_MOVEMENT, [product_id, order_id, quantity]);
      }
    });
    const event: InventoryUpdated = { order_id, user_id, items };
    await this.publisher.publish(TOPICS.inventoryUpdated, event);
  }
}
