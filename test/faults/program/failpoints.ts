import { setTimeout as delay } from 'node:timers/promises';
import { EventBatchProcessor } from '../../../libs/messaging/src/consumer/event-batch-processor';
import { FetchCollector } from '../../../libs/messaging/src/consumer/fetch-collector';
import { KafkaEventServer } from '../../../libs/messaging/src/consumer/kafka-event-server';
import { RelayProducer } from '../../../libs/messaging/src/relay/relay-producer';
import type { UnitOfWork } from '../../../libs/messaging/src/unit-of-work/unit-of-work';
import type { Failpoint } from '../instructions';
import { instructions, reach } from './control';
import { installDisorder } from './disorder';
import { wrap } from '../../programs/wrap';

/** Failpoints of the messaging core, which every service has. */
export function installFailpoints(): void {
  installDisorder();
  wrap(FetchCollector, 'add', (original, args) => {
    pass('after-fetch');
    return original(...args);
  });
  wrap(KafkaEventServer, 'dispatch', async (original, args) => {
    failIfDefect(...(args as [string, readonly { readonly orderId: string }[]]));
    await original(...args);
    pass('mid-batch');
  });
  wrap(EventBatchProcessor, 'handleTogether', async (original, args) => {
    const [unitOfWork, records] = args as [UnitOfWork, readonly unknown[]];
    const { slowMs = 0 } = instructions();
    if (slowMs > 0) await delay(slowMs * records.length);
    await original(...args);
    unitOfWork.beforeCommit(async () => {
      await Promise.resolve();
      pass('after-handler-before-commit');
    });
  });
  wrap(EventBatchProcessor, 'process', async (original, args) => {
    await original(...args);
    pass('after-commit-before-offset-commit');
  });
  wrap(RelayProducer, 'send', async (original, args) => {
    pass('after-commit-before-publish');
    await original(...args);
    pass('after-publish-before-delete');
  });
}

function failIfDefect(topic: string, events: readonly { readonly orderId: string }[]): void {
  const { defect } = instructions();
  if (defect?.topic !== topic) return;
  const { orders } = defect;
  if (orders !== undefined && !events.some(({ orderId }) => orders.includes(orderId))) return;
  throw new TypeError('the handler has a defect');
}

export function pass(point: Failpoint): void {
  reach(point);
}
