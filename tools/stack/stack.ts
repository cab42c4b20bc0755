import { join } from 'node:path';
import type { Artifacts } from './artifacts.ts';
import type { Component } from './component.ts';
import { kafka, type KafkaBehindProxy } from './kafka.ts';
import { rotateLog } from './log-file.ts';
import { maildev } from './maildev.ts';
import { paths } from './paths.ts';
import { loopback } from './ports.ts';
import { postgresUrl, serviceUrl } from './urls.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { roleOf, type ServiceName } from './service-names.ts';
import { service } from './services.ts';
import { Supervisor } from './supervisor.ts';
import { tracingEnv } from './tracing-env.ts';
import { zipkin } from './zipkin.ts';
import { zookeeper } from './zookeeper.ts';

export const infrastructure = ['zookeeper', 'kafka', 'postgres', 'redis', 'maildev'] as const;

export type InfrastructureName = (typeof infrastructure)[number];

export interface StackPorts {
  readonly zookeeper: number;
  readonly kafka: number;
  readonly postgres: number;
  readonly redis: number;
  readonly smtp: number;
  readonly mail: number;
}

export interface StackDirectories {
  readonly run: string;
  readonly logs: string;
  readonly data: string;
  /** Apart from the rest, because another user may have to reach it. */
  readonly postgres: string;
}

export interface ServiceRequest {
  readonly service: ServiceName;
  /** The name of this instance; by default that of the service, then `order-service-2` and so on. */
  readonly name?: string;
  /** By default a free one. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program in place of dist/apps/<service>/main.js. */
  readonly entry?: string | undefined;
}

export interface StackPlan {
  readonly ports: StackPorts;
  readonly kafkaBehindProxy?: KafkaBehindProxy;
  readonly directories: StackDirectories;
  /** By default all. Dependencies are not added: `kafka` needs `zookeeper`. */
  readonly components?: readonly InfrastructureName[];
  readonly env?: Readonly<Record<string, string>>;
  /** What shows traces, if it is to be there. */
  readonly zipkin?: { readonly port: number; readonly jar: string } | undefined;
  /** Whether components are started again when they die. */
  readonly restart: boolean;
}

/** The components of one system, with the addresses that connect them; `start` them through `supervisor`. */
export class Stack {
  readonly supervisor: Supervisor;
  readonly ports: StackPorts;
  readonly directories: StackDirectories;
  /** Base URL of every service instance by its name. */
  readonly services: Record<string, string> = {};
  readonly #plan: StackPlan;
  readonly #components: readonly InfrastructureName[];

  constructor(plan: StackPlan, artifacts: Artifacts) {
    this.#plan = plan;
    this.ports = plan.ports;
    this.directories = plan.directories;
    this.#components = plan.components ?? infrastructure;
    this.supervisor = new Supervisor(plan.directories.run);
    for (const name of this.#components) this.#add(this.#infrastructure(name, artifacts));
    if (plan.zipkin !== undefined) this.#add(zipkin({ ...plan.zipkin, ...this.#common('zipkin') }));
  }

  /** For clients that are to reach Kafka through a proxy; only the stack of a test has it. */
  get kafkaBehindProxy(): KafkaBehindProxy | undefined {
    return this.#plan.kafkaBehindProxy;
  }

  /** Where Kafka keeps what is in its topics, for tests that damage it. */
  get kafkaTopics(): string {
    return join(this.#plan.directories.data, 'kafka', 'topics');
  }

  /** Kafka's bootstrap servers. */
  get kafka(): string {
    return `${loopback}:${String(this.ports.kafka)}`;
  }

  get redisUrl(): string {
    return `redis://${loopback}:${String(this.ports.redis)}`;
  }

  get smtpUrl(): string {
    return `smtp://${loopback}:${String(this.ports.smtp)}`;
  }

  /** MailDev's page and, below /api, its REST interface. */
  get mailUrl(): string {
    return `http://${loopback}:${String(this.ports.mail)}`;
  }

  /** Zipkin's page, if there is one. */
  get zipkinUrl(): string | undefined {
    return this.#plan.zipkin && `${serviceUrl(this.#plan.zipkin.port)}/zipkin`;
  }

  /** The database as a service's role sees it, or as the superuser `admin`. */
  databaseUrl(as: ServiceName | 'admin'): string {
    return postgresUrl(this.ports.postgres, as === 'admin' ? as : roleOf(as));
  }

  /** The environment an instance of this service is started with, without its PORT. */
  serviceEnv(name: ServiceName): Record<string, string> {
    return {
      NODE_ENV: 'development',
      KAFKA_BOOTSTRAP_SERVERS: this.kafka,
      DATABASE_URL: this.databaseUrl(name),
      REDIS_URL: this.redisUrl,
      // Customers without a known address get one in this domain, and MailDev catches it.
      ...(name === 'notification-service' && { SMTP_URL: this.smtpUrl, DEVELOPMENT_EMAIL_DOMAIN: 'example.test' }),
      ...(this.#plan.zipkin !== undefined && tracingEnv(this.#plan.zipkin.port)),
      ...this.#plan.env,
    };
  }

  /** Makes an instance of a service known and returns its name; `supervisor.start(name)` starts it. */
  addService(request: ServiceRequest & { readonly port: number }): string {
    const name = request.name ?? this.#freeName(request.service);
    this.#add(
      service({
        name,
        service: request.service,
        port: request.port,
        env: { ...this.serviceEnv(request.service), ...request.env },
        dependsOn: this.#components,
        logFile: this.#logFile(name),
        entry: request.entry,
        restart: this.#plan.restart,
      }),
    );
    this.services[name] = serviceUrl(request.port);
    return name;
  }

  /** Stops an instance of a service and forgets it. */
  async removeService(name: string): Promise<void> {
    await this.supervisor.remove(name);
    delete this.services[name];
  }

  #infrastructure(name: InfrastructureName, artifacts: Artifacts): Component {
    const { ports, directories } = this;
    const { javaClassPath, postgres: home, redisServer } = artifacts;
    const common = this.#common(name);
    switch (name) {
      case 'zookeeper':
        return zookeeper({ ...common, port: ports.zookeeper, javaClassPath });
      case 'kafka':
        return kafka({
          ...common,
          port: ports.kafka,
          behindProxy: this.kafkaBehindProxy,
          zookeeperPort: ports.zookeeper,
          javaClassPath,
        });
      case 'postgres':
        return postgres({ ...common, port: ports.postgres, data: directories.postgres, home, initSql: paths.initSql });
      case 'redis':
        return redis({ ...common, port: ports.redis, redisServer });
      case 'maildev':
        return maildev({ ...common, smtpPort: ports.smtp, webPort: ports.mail });
    }
  }

  #common(name: string) {
    const { data } = this.directories;
    return { logFile: this.#logFile(name), data: join(data, name), restart: this.#plan.restart };
  }

  #add(component: Component): void {
    rotateLog(component.logFile);
    this.supervisor.add(component);
  }

  #freeName(service: ServiceName): string {
    const taken = Object.keys(this.services);
    if (!taken.includes(service)) return service;
    for (let number = 2; ; number++) {
      const name = `${service}-${String(number)}`;
      if (!taken.includes(name)) return name;
    }
  }

  #logFile(name: string): string {
    return join(this.directories.logs, `${name}.log`);
  }
}
