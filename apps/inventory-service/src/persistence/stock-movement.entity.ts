import { oneOf, selectList } from '@app/postgres';
import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { MOVEMENT_REASONS, type MovementReason, type StockMovement } from '../domain/product';

/** A change of a product's stock. Rows are added, never changed: the service has given up the right to. */
@Entity('stock_movements')
@Check('stock_movements_balance_check', 'balance >= 0')
@Check('stock_movements_reason_check', oneOf('reason', MOVEMENT_REASONS))
@Check('stock_movements_check', `(order_id IS NOT NULL) = (reason IN ('taken', 'returned'))`)
@Check(
  'stock_movements_check1',
  `CASE reason
     WHEN 'initial' THEN quantity_delta >= 0
     WHEN 'taken' THEN quantity_delta < 0
     WHEN 'correction' THEN quantity_delta <> 0
     ELSE quantity_delta > 0 END`,
)
@Index('stock_movements_of_product', ['productId', 'id'])
@Index('stock_movements_once_per_order', ['orderId', 'productId', 'reason'], {
  unique: true,
  where: 'order_id IS NOT NULL',
})
@Index('stock_movements_idempotency', ['productId', 'idempotencyKey'], {
  unique: true,
  where: 'idempotency_key IS NOT NULL',
})
export class StockMovementEntity {
  /** `bigint`, which the driver gives as text. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'product_id', collation: 'C' })
  productId!: string;

  @Column('uuid', { name: 'order_id', nullable: true })
  orderId!: string | null;

  @Column('integer', { name: 'quantity_delta' })
  quantityDelta!: number;

  @Column('integer')
  balance!: number;

  @Column('text')
  reason!: MovementReason;

  @Column('text', { nullable: true })
  note!: string | null;

  @Column('text')
  actor!: string;

  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

const SHOWN = [
  'id',
  'productId',
  'orderId',
  'quantityDelta',
  'balance',
  'reason',
  'note',
  'actor',
  'createdAt',
] as const satisfies (keyof StockMovementEntity)[];

/** What makes a movement of a row. */
export type MovementRow = Pick<StockMovementEntity, (typeof SHOWN)[number]>;

/** Of a {@link MovementRow}. */
export const MOVEMENT_COLUMNS = selectList(StockMovementEntity, ...SHOWN);

/** A row, as the domain sees it. */
export function movementFrom(row: MovementRow): StockMovement {
  const { id, productId, orderId, quantityDelta, balance, reason, note, actor, createdAt } = row;
  return { movementId: Number(id), productId, orderId, quantityDelta, balance, reason, note, actor, createdAt };
}
