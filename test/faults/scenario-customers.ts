import { Client } from './client.ts';
import type { JournalEntry } from './journal.ts';
import type { World } from './world.ts';

export interface Line {
  readonly product_id: string;
  readonly quantity: number;
}

/** Customers a scenario sends itself; they stand in the journal like those of the load, and are judged like them. */
export class ScenarioCustomers {
  private readonly world: World;
  private readonly client = new Client();

  constructor(world: World) {
    this.world = world;
  }

  /** Orders once, without a second try. @returns the order's id, or nothing when it was not accepted. */
  async order(customer: string, lines: readonly Line[]): Promise<string | undefined> {
    const items = lines.map((line) => ({ ...line, product_name: 'Product of the scenario', price: 9.99 }));
    const at = this.world.load.now;
    const url = `${this.url}/orders`;
    const { status, body, retryAfter } = await this.client.send('POST', url, { user_id: customer, items });
    const { order_id: orderId, status: state } = status === 201 ? read(body) : {};
    this.note({ kind: 'create', at, status, client: customer, orderId, state, retryAfter });
    return orderId;
  }

  async cancel(customer: string, orderId: string): Promise<void> {
    const at = this.world.load.now;
    const { status, body, retryAfter } = await this.client.send('POST', `${this.url}/orders/${orderId}/cancel`);
    const state = status === 200 ? read(body).status : undefined;
    this.note({ kind: 'cancel', at, status, client: `${customer}-cancel`, orderId, state, retryAfter });
  }

  close(): void {
    this.client.close();
  }

  private get url(): string {
    return this.world.random.pick(this.world.cluster.urls('order-service'));
  }

  private note(entry: Omit<JournalEntry, 'ms'>): void {
    this.world.load.journal.add({ ...entry, ms: this.world.load.now - entry.at });
  }
}

function read(body: string): { order_id?: string; status?: string } {
  return JSON.parse(body) as { order_id?: string; status?: string };
}
