import { Worker } from 'node:worker_threads';
import { Transactions } from '@app/messaging';
import { eventually, LONGEST_STALL_MS, watchEventLoop } from '@app/testing';
import { RunningOrderService } from '../../test/running-order-service';
import { AdvanceOrders } from './advance-orders';
import { SettlementWaiters } from '../persistence/settlement-waiters';

const WAITERS = 500;
const LINES = 100;

let service: RunningOrderService;
beforeAll(async () => {
  service = await RunningOrderService.start();
});
afterAll(() => service.stop());

/**
 * As many clients as there are URLs, in a thread of their own: what they do is not to be measured. Tells the statuses of all answers
 * and the states of the orders in them.
 */
class Clients {
  private readonly worker: Worker;
  readonly answers: Promise<readonly string[]>;

  constructor(urls: readonly string[]) {
    this.worker = new Worker(CLIENTS, { eval: true, workerData: urls });
    this.answers = new Promise((resolve, reject) => {
      this.worker.once('message', resolve);
      this.worker.once('error', reject);
    });
  }

  close(): Promise<number> {
    return this.worker.terminate();
  }
}

const CLIENTS = `
  const { get, Agent } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const agent = new Agent({ maxSockets: workerData.length });
  const ask = (url) => new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve(response.statusCode + ' ' + JSON.parse(text).status));
    }).on('error', reject);
  });
  Promise.all(workerData.map(ask)).then((answers) => { agent.destroy(); parentPort.postMessage(answers); });
`;

/** Large orders, all of them paid. */
async function placePaid(count: number): Promise<string[]> {
  const items = Array.from({ length: LINES }, (_, n) => ({
    ...{ product_id: `P${n}`, product_name: `Product number ${n}`, quantity: 1, price: 9.95 },
  }));
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await service.place({ items })).order_id);
  await advance(ids, 'payment_successful');
  return ids;
}

/** As the events of a whole batch: in one transaction. */
async function advance(ids: readonly string[], trigger: 'payment_successful' | 'stock_taken'): Promise<void> {
  const steps = ids.map((orderId) => ({ orderId, trigger, actor: 'test' }));
  await service.provider(Transactions).run((unitOfWork) => service.provider(AdvanceOrders).enqueue(unitOfWork, steps));
}

/** Settles orders while clients wait for them. @returns the answers, and the longest that nobody else was served meanwhile. */
async function settleWhileWaiting(ids: readonly string[], waiters: readonly string[]) {
  const clients = new Clients(waiters.map((id) => `${service.url}/orders/${id}?wait=30s`));
  try {
    await eventually(() => expect(waitingNow()).toBe(WAITERS), { timeoutMs: 30_000 });
    let longestMs = 0;
    const stop = watchEventLoop(({ ms }) => (longestMs = Math.max(longestMs, ms)), 1);
    await advance(ids, 'stock_taken');
    const answers = await clients.answers;
    stop();
    return { answers, longestMs };
  } finally {
    await clients.close();
  }
}

function waitingNow(): number {
  return (service.provider(SettlementWaiters) as unknown as { count: number }).count;
}

const allConfirmed = Array.from({ length: WAITERS }, () => '200 confirmed');

describe('five hundred readers who wait, for orders of a hundred lines', () => {
  it.each([
    { what: 'one order', orders: 1 },
    { what: 'five hundred orders that are settled in one batch', orders: WAITERS },
  ])(
    'for $what, keep nobody else waiting when they are woken',
    async ({ orders }) => {
      const ids = await placePaid(orders);
      const waiters = Array.from({ length: WAITERS }, (_, n) => ids[n % orders] ?? '');
      const { answers, longestMs } = await settleWhileWaiting(ids, waiters);
      expect(answers).toEqual(allConfirmed);
      expect(longestMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
    },
    120_000,
  );
});
