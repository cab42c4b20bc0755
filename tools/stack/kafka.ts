import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Component } from './component.ts';
import { java, logging, shortLivedJvm } from './java.ts';
import { ensureDirectory } from './paths.ts';
import { loopback } from './ports.ts';
import { ask, kafkaProbe } from './probes.ts';

/** A second listener, for clients that are to reach Kafka through a proxy of their own. */
export interface KafkaBehindProxy {
  /** Where Kafka listens, and where the proxy has to connect to. */
  readonly port: number;
  /** What Kafka tells those clients its port is: where the proxy has to listen. Nobody listens there otherwise. */
  readonly proxyPort: number;
}

export interface KafkaOptions {
  readonly port: number;
  readonly behindProxy: KafkaBehindProxy | undefined;
  readonly zookeeperPort: number;
  readonly data: string;
  readonly logFile: string;
  readonly javaClassPath: string;
  readonly restart: boolean;
}

const sessionTimeoutMs = 4_000;

export function kafka(options: KafkaOptions): Component {
  const { port, zookeeperPort, logFile } = options;
  const data = ensureDirectory(options.data);
  const configuration = join(data, 'server.properties');
  writeFileSync(configuration, properties(options, ensureDirectory(join(data, 'topics'))));
  return {
    name: 'kafka',
    command: java(),
    args: [
      ...['-Xms256m', '-Xmx512m', ...shortLivedJvm, '-Djava.awt.headless=true'],
      logging(data),
      ...['-cp', options.javaClassPath, 'kafka.Kafka', configuration],
    ],
    cwd: data,
    logFile,
    ports: [port],
    dependsOn: ['zookeeper'],
    prepare: () => untilForgotten(zookeeperPort),
    ready: kafkaProbe(port),
    readyWithinMs: 90_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 20_000,
    restart: options.restart,
  };
}

/**
 * A killed broker stays registered until its session runs out, and one that starts meanwhile under the same id ends
 * with an error. So the next one waits.
 */
async function untilForgotten(zookeeperPort: number): Promise<void> {
  const deadline = Date.now() + 2 * sessionTimeoutMs;
  while (Date.now() < deadline) {
    const sessions = await ask(zookeeperPort, 'dump').catch(() => '');
    if (!sessions.includes('/brokers/ids/0')) return;
    await sleep(100);
  }
}

function properties({ port, behindProxy, zookeeperPort }: KafkaOptions, topics: string): string {
  const address = `PLAINTEXT://${loopback}:${String(port)}`;
  const proxied = (at: number) => `,PROXIED://${loopback}:${String(at)}`;
  return `broker.id=0
listeners=${address}${behindProxy === undefined ? '' : proxied(behindProxy.port)}
advertised.listeners=${address}${behindProxy === undefined ? '' : proxied(behindProxy.proxyPort)}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
zookeeper.connect=${loopback}:${String(zookeeperPort)}
zookeeper.session.timeout.ms=${String(sessionTimeoutMs)}
zookeeper.connection.timeout.ms=18000
log.dirs=${topics}

# Topics are created on purpose, with their partitions; a misspelt name must be an error.
auto.create.topics.enable=false
num.partitions=6
default.replication.factor=1
min.insync.replicas=1

# One broker only. Few partitions for the offsets: it has to load them after each start.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
# The longest a developer's consumer group is remembered while nobody is connected.
offsets.retention.minutes=20160

log.retention.hours=168
log.segment.bytes=134217728
log.retention.check.interval.ms=300000
log.cleaner.dedupe.buffer.size=33554432

controlled.shutdown.max.retries=1
controlled.shutdown.retry.backoff.ms=500
`;
}
