import { messagingIdentityOf } from '@app/events';
import type { ServiceName } from '@app/events';
import { authConfig, defineConfig, startService, tracingConfig } from '@app/platform';
import { createTestDatabase, createTestService, eventually, infrastructureUrls, type TestDatabase } from '@app/testing';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { v7 } from 'uuid';
import { ConsumerHealth } from '../src/consumer/consumer-health';
import { connectEventConsumers } from '../src/messaging.module';
import { MessagingOptions } from '../src/messaging-options';
import { Transactions } from '../src/unit-of-work/transactions';
import { ProbeModule, Script } from './probe.module';
import { KafkaProbe } from './kafka-probe';

/** One running replica of the probe service. */
export interface Replica {
  readonly app: NestFastifyApplication;
  readonly script: Script;
  readonly transactions: Transactions;
  stop(): Promise<void>;
}

/** A service of a test's own on the real PostgreSQL and Kafka: its own database, consumer group and dead-letter topic. */
export class MessagingBed {
  private readonly replicas = new Set<Replica>();

  private constructor(
    readonly service: ServiceName,
    readonly database: TestDatabase,
    readonly admin: Client,
    readonly kafka: KafkaProbe,
  ) {}

  static async create(): Promise<MessagingBed> {
    // A group of its own: other suites read and write the same topics.
    const service = `probe-${v7()}` as ServiceName;
    const database = await createTestDatabase('order-service');
    const admin = new Client({ connectionString: withSchema(database.adminUrl) });
    await admin.connect();
    const kafka = await KafkaProbe.connect(service);
    return new MessagingBed(service, database, admin, kafka);
  }

  options(overrides: Partial<MessagingOptions> = {}): MessagingOptions {
    return new MessagingOptions({
      ...messagingIdentityOf(this.service),
      brokers: [infrastructureUrls().kafka],
      databaseUrl: this.database.url,
      partitions: 3,
      replicationFactor: 1,
      retryDelaysMs: [300, 300, 300],
      ...overrides,
    });
  }

  /** Starts a replica and waits until it consumes. */
  async start(overrides: Partial<MessagingOptions> = {}, script = new Script(), consumer?: Type): Promise<Replica> {
    const replica = await this.launch(overrides, script, consumer);
    await eventually(() => {
      const { state } = replica.app.get(ConsumerHealth);
      if (state !== 'consuming') throw new Error(`the consumer is ${state}`);
    });
    return replica;
  }

  /** Starts a replica and does not wait for its consumer. */
  async launch(overrides: Partial<MessagingOptions> = {}, script = new Script(), consumer?: Type): Promise<Replica> {
    const config = {
      host: '127.0.0.1',
      port: 0,
      logLevel: 'fatal',
      logFormat: 'json',
      serviceVersion: 'test',
      shutdownTimeoutMs: 10_000,
      shutdownDelayMs: 0,
      httpMaxConnections: 1_000,
      ...defineConfig({ ...authConfig(), ...tracingConfig() })({}),
    } as const;
    const module = ProbeModule.forRoot(this.options(overrides), script, consumer);
    const service = { name: this.service, module, config, configure: connectEventConsumers };
    const app = await createTestService(service);
    const replica: Replica = {
      app,
      script,
      transactions: app.get(Transactions),
      stop: async () => {
        if (this.replicas.delete(replica)) await app.close();
      },
    };
    this.replicas.add(replica);
    await startService(app, service);
    return replica;
  }

  /** Rows of a query, as the superuser, in the service's schema. */
  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.admin.query(sql, [...parameters])).rows as Row[];
  }

  /** Ids of the events that had an effect on an order, in the order of their effects. */
  async effectsOf(orderId: string): Promise<string[]> {
    const rows = await this.rows<{ id: string }>('SELECT event_id AS id FROM effects WHERE order_id = $1 ORDER BY n', [
      orderId,
    ]);
    return rows.map(({ id }) => id);
  }

  /** What was put aside of an order, in its order. */
  async failedOf(orderId: string): Promise<{ id: string; status: string; attempts: number }[]> {
    return this.rows(
      'SELECT event_id AS id, status, attempts FROM failed_messages WHERE order_id = $1 ORDER BY position',
      [orderId],
    );
  }

  /** Stops what is running, while there is still something it can be connected to. */
  async destroyReplicas(): Promise<void> {
    await Promise.all([...this.replicas].map((replica) => replica.stop()));
  }

  async destroy(): Promise<void> {
    await this.destroyReplicas();
    await this.kafka.disconnect();
    await this.admin.end();
    await this.database.drop();
  }
}

function withSchema(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.searchParams.set('options', '-c search_path=order_service');
  return url.toString();
}
