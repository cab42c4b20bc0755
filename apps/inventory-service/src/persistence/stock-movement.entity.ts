import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MovementReason, StockMovement } from '../domain/product';

@Entity('stock_movements')
export class StockMovementEntity {
  /** `bigint`, which the driver gives as text. */
  @PrimaryColumn('bigint')
  id!: string;

  @Column('text', { name: 'product_id' })
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

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

/** What is read of a movement. */
export const MOVEMENT_COLUMNS =
  'id, product_id AS "productId", order_id AS "orderId", quantity_delta AS "quantityDelta", balance, reason, note, actor, created_at AS "createdAt"';

/** A row, as the domain sees it. */
export function movementFrom(row: StockMovementEntity): StockMovement {
  const { id, productId, orderId, quantityDelta, balance, reason, note, actor, createdAt } = row;
  return { movementId: Number(id), productId, orderId, quantityDelta, balance, reason, note, actor, createdAt };
}
