import { Inject, Injectable } from '@nestjs/common';
import { type ClientKafka, Transport, type ClientProviderOptions, type KafkaOptions } from '@nestjs/microservices';
import { Partitioners } from 'kafkajs';
import { lastValueFrom } from 'rxjs';
import { groupOf, type Role } from '../roles';
import { settings } from './settings';

const client = {
  brokers: settings.brokers,
  connectionTimeout: 5_000,
  retry: { retries: 10, initialRetryTime: 300, maxRetryTime: 10_000 },
};

const producer = { allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner };

const CLIENT = 'KAFKA_CLIENT';

/** Nest's own server: one handler call at a time for each partition that is consumed at once. */
export function consumerOptions(role: Role): KafkaOptions {
  return {
    transport: Transport.KAFKA,
    options: {
      postfixId: '',
      client: { ...client, clientId: `stock-${role}` },
      consumer: { groupId: groupOf(role), allowAutoTopicCreation: false, maxWaitTimeInMs: 500 },
      // For replies, of which there are none; the server connects it all the same.
      producer,
      subscribe: { fromBeginning: true },
      run: { partitionsConsumedConcurrently: settings.partitionsConsumedConcurrently },
    },
  };
}

/** Nest's own client. */
export const producerOptions: ClientProviderOptions = {
  name: CLIENT,
  transport: Transport.KAFKA,
  options: {
    producerOnlyMode: true,
    client: { ...client, clientId: `stock-${settings.role}` },
    producer,
    send: { acks: -1 },
  },
};

@Injectable()
export class Publisher {
  constructor(@Inject(CLIENT) private readonly client: ClientKafka) {}

  /** Resolves when the broker has acknowledged it. What was committed before is not undone when it rejects. */
  async publish(topic: string, event: { readonly order_id: string }): Promise<void> {
    await lastValueFrom(this.client.emit(topic, { key: event.order_id, value: event }));
  }
}
