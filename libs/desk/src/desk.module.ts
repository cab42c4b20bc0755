import { Lifecycle } from '@app/platform';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DecideFailedMessage } from './decide-failed-message';
import { DeskJobRepository } from './desk-job.repository';
import { DeskJobsController } from './desk-jobs.controller';
import { DeskWorker } from './desk-worker';
import { DeskRepository } from './desk.repository';
import { FailedMessageDetailsReader } from './failed-message-details.reader';
import { FailedMessageReader } from './failed-message.reader';
import { FailedMessagesController } from './failed-messages.controller';
import { FailedMessagesHealthIndicator } from './failed-messages.health-indicator';
import { ReadFailedMessages } from './read-failed-messages';
import { StartDeskJob } from './start-desk-job';

/**
 * The desk for failed messages: endpoints under `/failed-messages` that list, show, retry and discard what a service could not
 * handle, one by one or by jobs that survive their process, and a health indicator. Needs `MessagingModule`, whose tables it
 * works on, and `PostgresModule`.
 */
@Module({
  controllers: [DeskJobsController, FailedMessagesController],
  providers: [
    DecideFailedMessage,
    DeskJobRepository,
    DeskRepository,
    DeskWorker,
    FailedMessageDetailsReader,
    FailedMessageReader,
    FailedMessagesHealthIndicator,
    ReadFailedMessages,
    StartDeskJob,
  ],
})
export class DeskModule implements OnApplicationBootstrap {
  constructor(
    private readonly worker: DeskWorker,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.worker.start();
    this.lifecycle.onDrain(() => this.worker.stop(), 'failed-message jobs');
  }
}
