import type { RunningStack, ServiceName } from '../../tools/stack/index.ts';
import { TcpProxy } from '../../libs/testing/src/tcp-proxy.ts';
import { PLANTED } from './secrets.ts';

/** What services reach through a proxy. The simulated gateway's books are in PostgreSQL, so it is reached through that one. */
export const NETWORKED = ['kafka', 'postgres', 'redis', 'smtp'] as const;

export type Networked = (typeof NETWORKED)[number];

/** Between the services and everything they talk to: what is done to a proxy happens to all of them. */
export class Network {
  readonly proxies: Readonly<Record<Networked, TcpProxy>>;
  private readonly stack: RunningStack;

  private constructor(stack: RunningStack, proxies: Network['proxies']) {
    this.stack = stack;
    this.proxies = proxies;
  }

  static async open(stack: RunningStack, smtpPort: number): Promise<Network> {
    const { ports, kafkaBehindProxy } = stack;
    if (kafkaBehindProxy === undefined) throw new Error('this Kafka cannot be put behind a proxy');
    return new Network(stack, {
      kafka: await TcpProxy.open({ port: kafkaBehindProxy.port }, kafkaBehindProxy.proxyPort),
      postgres: await TcpProxy.open({ port: ports.postgres }),
      redis: await TcpProxy.open({ port: ports.redis }),
      smtp: await TcpProxy.open({ port: smtpPort }),
    });
  }

  /** The addresses with which a service goes through the proxies. */
  environmentOf(service: ServiceName): Record<string, string> {
    const { kafka, postgres, redis, smtp } = this.proxies;
    return {
      KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${kafka.port}`,
      DATABASE_URL: postgres.through(this.stack.databaseUrl(service)),
      REDIS_URL: redis.through(this.stack.redisUrl),
      ...(service === 'notification-service' && { SMTP_URL: smtpUrl(smtp.port) }),
    };
  }

  heal(): void {
    for (const proxy of Object.values(this.proxies)) proxy.heal();
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.close()));
  }
}

/** With a password that must turn up nowhere. */
export function smtpUrl(port: number): string {
  return `smtp://suite:${PLANTED.smtpPassword}@127.0.0.1:${port}`;
}
