import { Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { ConsumedRecord } from '../record/consumed-record';
import { deadLetterHeaders } from './dead-letter-headers';
import type { DeadLetterReason } from './failed-message-states';
import { headersAsBase64 } from '../unit-of-work/stored-headers';
import { MessagingOptions } from '../messaging-options';
import { MessagingMetrics } from '../metrics/messaging-metrics';
import { Outbox } from '../unit-of-work/outbox';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** The dead-letter topic of the service, written to through its outbox. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly options: MessagingOptions,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly metrics: MessagingMetrics,
  ) {}

  /** Stores a copy of the record, its bytes unchanged, with headers that tell of the failure. */
  async store(
    unitOfWork: UnitOfWork,
    record: ConsumedRecord,
    failure: {
      reason: DeadLetterReason;
      error: Error;
      attempts: number;
      deskRetries: number;
      firstFailureAt: Date;
    },
  ): Promise<void> {
    const added = deadLetterHeaders(record, { ...failure, consumerGroup: this.options.service });
    await this.outbox.storeRaw(unitOfWork, [
      {
        id: this.ids.next(),
        topic: this.options.deadLetterTopic,
        key: record.key,
        value: record.value,
        headers: { ...headersAsBase64(record.headers), ...headersAsBase64(added) },
      },
    ]);
    unitOfWork.wakeRelay();
    unitOfWork.afterCommit(() => this.metrics.deadLettered(record.topic, failure.reason));
  }
}
