import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { System } from '../system/system';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let system: System;
beforeAll(async () => {
  system = await System.start();
  await run(process.execPath, ['tools/openapi/write-clients.ts'], { cwd: ROOT, timeout: 100_000 });
});
afterAll(() => system.stop());

describe('clients made of the OpenAPI documents', () => {
  it('place an order and follow it through all services', async () => {
    const addresses = Object.entries(system.stack.services).map(([name, url]) => [variableOf(name), url]);
    const env = { ...process.env, ...(Object.fromEntries(addresses) as Record<string, string>) };
    const { stdout } = await run(process.execPath, ['test/client/drive.ts'], { cwd: ROOT, env, timeout: 90_000 });
    expect(JSON.parse(stdout)).toEqual({
      order: { status: 'confirmed', reason: null, total: 1299.99 },
      events: ['order_created', 'payment_successful', 'stock_taken'],
      payment: { status: 'captured', amount: 1299.99, failure: null },
      stock: { product: 'LAPTOP001', isNumber: true },
      notified: ['order_confirmed', 'order_paid', 'order_received'],
      health: { status: 'up', database: 'up' },
      problem: { status: 400, code: 'REQUEST.INVALID', pointer: '/items/0/quantity' },
      explained: 'REQUEST.INVALID',
    });
  });
});

describe('a running service', () => {
  it.each(['order-service', 'payment-service', 'inventory-service', 'notification-service'] as const)(
    'serves its document as it is in the repository: %s',
    async (name) => {
      const served = (await (await fetch(`${system.stack.services[name]}/docs-json`)).json()) as { info: object };
      const committed = JSON.parse(readFileSync(join(ROOT, `openapi/${name}.json`), 'utf8')) as { info: object };
      expect({ ...served, info: { ...served.info, version: '' } }).toEqual({
        ...committed,
        info: { ...committed.info, version: '' },
      });
    },
  );
});

function variableOf(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_URL`;
}
