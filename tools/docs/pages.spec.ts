import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '../../apps/order-service/src/domain/order-lifecycle';
import { payloadFields } from './json-schema';
import { orderFlowPage } from './order-flow';
import { generatedPages } from './pages';

const root = join(import.meta.dirname, '../..');
const pages = generatedPages(root);

describe('the generated pages', () => {
  it.each(Object.keys(pages))('%s is what its generator makes today', (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(pages[path]);
  });

  it('name the consumers the design has', () => {
    const rows = [...(pages['docs/events.md'] ?? '').matchAll(/^\| \[`(\w+)`\]\S+ +\| ([\w-]+) +\| ([^|]+?) +\|/gm)];
    const found = Object.fromEntries(
      rows.map(([, event = '', publisher, consumers]) => [event, [publisher, consumers]]),
    );
    expect(found).toEqual({
      order_created: ['order-service', 'payment-service, notification-service'],
      payment_successful: ['payment-service', 'order-service, inventory-service, notification-service'],
      payment_failed: ['payment-service', 'order-service, notification-service'],
      inventory_updated: ['inventory-service', 'order-service'],
      inventory_insufficient: ['inventory-service', 'order-service'],
      order_confirmed: ['order-service', 'payment-service, notification-service'],
      order_cancelled: ['order-service', 'payment-service, inventory-service, notification-service'],
      payment_refunded: ['payment-service', 'order-service, notification-service'],
      payment_adjusted: ['payment-service', 'order-service, notification-service'],
      notification_sent: ['notification-service', '—'],
      notification_failed: ['notification-service', '—'],
    });
  });

  it('draw every move of a lifecycle and nothing else', () => {
    const lifecycle: Lifecycle = {
      pending: { payment_successful: { kind: 'move', to: 'paid' }, payment_failed: { kind: 'note', why: 'so what' } },
      paid: {
        stock_taken: { kind: 'move', to: 'confirmed', announces: 'order_confirmed' },
        deadline_passed: { kind: 'cancel', reason: 'timed_out' },
        cancel_requested: { kind: 'cancel', reason: 'cancelled_by_customer' },
      },
      confirmed: {},
      cancelled: {},
    };
    const diagram = /```mermaid\n(.*?)\n```/s.exec(orderFlowPage(lifecycle))?.[1]?.split('\n');
    expect(diagram).toEqual([
      'stateDiagram-v2',
      '  [*] --> pending: POST /orders',
      '  pending --> paid: payment_successful',
      '  paid --> confirmed: stock_taken',
      '  paid --> cancelled: deadline_passed<br/>cancel_requested',
      '  confirmed --> [*]',
      '  cancelled --> [*]',
    ]);
  });

  it('describe fields inside of lists, closed sets and what may be left out', () => {
    const schema = {
      required: ['lines'],
      properties: {
        lines: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: { required: ['kind'], properties: { kind: { enum: ['a', 'b'] }, n: { type: 'integer', minimum: 1 } } },
        },
      },
    };
    expect(payloadFields(schema)).toEqual([
      { path: 'lines', type: 'list, 1 to 100 entries', required: true },
      { path: 'lines[].kind', type: '`a` or `b`', required: true },
      { path: 'lines[].n', type: 'whole number, at least 1', required: false },
    ]);
  });
});
