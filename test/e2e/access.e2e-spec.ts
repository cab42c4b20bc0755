import { eventually, TestIssuer } from '@app/testing';
import { RecordedConsole } from '../../tools/ops/cli/recorded-console.ts';
import { orderCommand } from '../../tools/ops/order/order-command.ts';
import { System } from '../system/system';

let issuer: TestIssuer;
let system: System;

beforeAll(async () => {
  issuer = await TestIssuer.create();
  system = await System.start({ env: issuer.env });
});

afterAll(async () => {
  delete process.env['OPS_TOKEN'];
  await system.stop();
  await issuer.remove();
});

const ITEM = { product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 };

async function call(service: string, path: string, token?: string, body?: object) {
  const response = await fetch(`${system.stack.services[service]}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(40_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function ops(order: string) {
  const console = new RecordedConsole();
  const { stack } = system;
  const addresses = { services: stack.services as never, kafka: [`127.0.0.1:${stack.ports.kafka}`] };
  await orderCommand(console, addresses, order, { timeoutMs: 5_000 });
  return console.text;
}

describe('a system that asks for credentials', () => {
  it('takes a customer’s order through all services, and shows it to them alone', async () => {
    const [alice, mallory] = [await issuer.token('alice', 'customer'), await issuer.token('mallory', 'customer')];
    expect((await call('order-service', '/orders', undefined, { items: [ITEM] })).status).toBe(401);
    const placed = await call('order-service', '/orders', alice, { items: [ITEM] });
    expect(placed).toMatchObject({ status: 201, body: { user_id: 'alice' } });
    const id = String(placed.body['order_id']);
    const settled = await call('order-service', `/orders/${id}?wait=30s`, alice);
    expect(settled.body).toMatchObject({ status: 'confirmed' });
    await eventually(async () => {
      const told = await call('notification-service', `/notifications?order_id=${id}`, alice);
      expect(JSON.stringify(told.body)).toContain('order_confirmed');
    });
    for (const [service, path] of [
      ['order-service', `/orders/${id}`],
      ['order-service', `/orders/${id}/events`],
      ['inventory-service', `/allocations/${id}`],
    ] as const) {
      expect([path, (await call(service, path, alice)).status]).toEqual([path, 200]);
      expect([path, (await call(service, path, mallory)).status]).toEqual([path, 404]);
    }
    for (const [service, path] of [
      ['payment-service', `/payments?order_id=${id}`],
      ['notification-service', `/notifications?order_id=${id}`],
    ] as const) {
      const lists = await Promise.all([alice, mallory].map((token) => call(service, path, token)));
      expect(lists.map(({ body }) => JSON.stringify(body).includes(id))).toEqual([true, false]);
    }
    process.env['OPS_TOKEN'] = await issuer.token('sue', 'support');
    await eventually(async () => expect(await ops(id)).toContain('Payment: captured'));
    process.env['OPS_TOKEN'] = mallory;
    await expect(ops(id)).rejects.toThrow(`there is no order ${id}`);
    delete process.env['OPS_TOKEN'];
    await expect(ops(id)).rejects.toThrow('the services ask for credentials; set OPS_TOKEN');
  });

  it('has no service that answers anybody with what is not everybody’s', async () => {
    const closed = {
      order: '/orders',
      payment: '/payments',
      inventory: '/failed-messages',
      notification: '/notifications',
    };
    for (const [name, path] of Object.entries(closed)) {
      const { status } = await call(`${name}-service`, path);
      expect([name, status, (await call(`${name}-service`, '/health')).status]).toEqual([name, 401, 200]);
    }
    expect((await call('inventory-service', '/inventory')).status).toBe(200);
  });
});
