import { setTimeout as delay } from 'node:timers/promises';
import type { EachBatchPayload, TopicMessages } from 'kafkajs';
import { FetchCollector } from '../../../libs/messaging/src/consumer/fetch-collector';
import { RelayProducer } from '../../../libs/messaging/src/relay/relay-producer';
import { instructions } from './control';
import { wrap } from '../../programs/wrap';

/**
 * Kafka promises an order within a partition and none between topics; what it may do seldom is made to happen all the
 * time. Topics of one batch are sent in any order and with pauses, and partitions are left unread for a while.
 */
export function installDisorder(): void {
  wrap(RelayProducer, 'send', async (original, args) => {
    const [batch] = args as [TopicMessages[]];
    if (instructions().disorder !== true) {
      await original(...args);
      return;
    }
    for (const topic of batch.toSorted(() => Math.random() - 0.5)) {
      await delay(Math.random() * 400);
      await original([topic]);
    }
  });
  wrap(FetchCollector, 'add', async (original, args) => {
    const { pause } = args[0] as EachBatchPayload;
    if (instructions().disorder !== true || Math.random() < 0.6) {
      await original(...args);
      return;
    }
    const resume = pause();
    setTimeout(resume, Math.random() * 3_000).unref();
  });
}
