import type { IHeaders, Message } from 'kafkajs';
import { v7 } from 'uuid';

/** The payload of `order_created` for an order as the benchmark's load places it. */
const ORDER_CREATED = {
  user_id: 'bench_500',
  payment_method: 'credit_card',
  currency: 'USD',
  total_amount: 19.99,
  items: [{ product_id: v7(), product_name: 'Benchmark product', quantity: 1, price: 19.99 }],
};

/** Bytes of such a record's value. */
export const ORDER_CREATED_BYTES = Buffer.byteLength(JSON.stringify(ORDER_CREATED));

/**
 * A record as the system publishes them: keyed by the order, with CloudEvents headers. The value is the JSON of an
 * order_created event where `bytes` is its size, and otherwise that many bytes of text.
 */
export function sampleRecord(bytes: number = ORDER_CREATED_BYTES): Message & { readonly headers: IHeaders } {
  const orderId = v7();
  const text = JSON.stringify(ORDER_CREATED);
  return {
    key: orderId,
    value: text.length === bytes ? text : text.padEnd(bytes, '.').slice(0, bytes),
    headers: {
      ce_specversion: '1.0',
      ce_id: v7(),
      ce_source: '/order-service',
      ce_type: 'order_created',
      ce_time: new Date().toISOString(),
      'content-type': 'application/json',
      ce_correlationid: v7(),
      ce_partitionkey: orderId,
      ce_sequence: '0000000001',
      ce_dataschema: 'order_created/1',
    },
  };
}
