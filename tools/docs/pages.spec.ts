import { EVENTS } from '@app/events';
import { stepsOf } from '@app/lifecycle';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAYMENT_LIFECYCLE } from '../../apps/payment-service/src/domain/payment-lifecycle';
import { paymentStateMachine } from '../../apps/payment-service/src/domain/payment-state-machine';
import { payloadFields } from './json-schema';
import { generatedPages } from './pages';
import { PAYMENT_VIEWS } from './payment-views';
import { subscriptionsIn } from './subscriptions';

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
      payment_captured: ['payment-service', 'order-service'],
      order_cancelled: ['order-service', 'payment-service, inventory-service, notification-service'],
      payment_refunded: ['payment-service', 'order-service, notification-service'],
      payment_adjusted: ['payment-service', 'order-service, notification-service'],
      notification_sent: ['notification-service', '—'],
      notification_failed: ['notification-service', '—'],
      stock_adjusted: ['inventory-service', '—'],
      low_stock: ['inventory-service', '—'],
    });
  });

  it('tell of every subscription which use case handles it', () => {
    const rows = [
      ...(pages['docs/saga.md'] ?? '').matchAll(
        /^\| \[`(\w+)`\]\S+ +\| [\w-]+ +\| ([\w-]+): \S+ +\| \[`(\w+)`\]\((\S+)\)/gm,
      ),
    ];
    const uses = rows.map(([, topic = '', service = '']) => `${service} ${topic}`);
    expect(uses.toSorted()).toEqual(
      subscriptionsIn(root)
        .map(({ service, topic }) => `${service} ${topic}`)
        .toSorted(),
    );
    for (const [, , , name = '', path = ''] of rows) {
      expect(readFileSync(join(root, 'docs', path), 'utf8')).toContain(`export class ${name} `);
    }
  });

  it('draw every lifecycle', () => {
    const page = pages['docs/saga.md'] ?? '';
    const diagrams = page.match(/(?<=^```mermaid\n)stateDiagram-v2\n[^`]*/gm) ?? [];
    expect(diagrams).toHaveLength(2 + PAYMENT_VIEWS.length);
    const announced = [...diagrams.join('').matchAll(/\/ (\w+)/g)].map(([, event]) => event);
    const events: readonly string[] = EVENTS.map(({ type }) => type);
    expect(new Set(announced.filter((event) => !events.includes(event ?? '')))).toEqual(new Set());
    expect(new Set(announced).size).toBeGreaterThan(5);
  });

  it('have each step of a payment in one of its diagrams', () => {
    const steps = stepsOf(paymentStateMachine(PAYMENT_LIFECYCLE));
    const places = steps.map((step) => PAYMENT_VIEWS.filter(({ shows }) => shows(step)).length);
    expect(new Set(places)).toEqual(new Set([1]));
    expect(PAYMENT_VIEWS.map(({ shows }) => steps.some(shows))).not.toContain(false);
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
