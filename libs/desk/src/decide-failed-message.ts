import { Injectable } from '@nestjs/common';
import { Transactions } from '@app/messaging';
import { DISCARDABLE, discardRefusal, notFound, retryable, retryRefusal } from './desk-rules';
import { DeskRepository } from './desk.repository';
import { FailedMessageReader, type ShownFailedMessage } from './failed-message.reader';

/** What a person decides about one failed message. */
@Injectable()
export class DecideFailedMessage {
  constructor(
    private readonly transactions: Transactions,
    private readonly desk: DeskRepository,
    private readonly reader: FailedMessageReader,
  ) {}

  /** Has it tried once more, as soon as nothing of its order stands before it. Refused unless it is a dead letter. */
  async retry(id: string, actor: string, force: boolean): Promise<ShownFailedMessage> {
    const action = { actor, reason: null, jobId: null };
    const released = await this.transactions.run((unitOfWork) =>
      this.desk.release(unitOfWork, [id], retryable(force), action),
    );
    const message = await this.known(id);
    if (released.length === 0) throw retryRefusal(message.status);
    return message;
  }

  /** Gives it up for good. Refused when it is finished. */
  async discard(id: string, actor: string, reason: string): Promise<ShownFailedMessage> {
    const action = { actor, reason, jobId: null };
    const discarded = await this.transactions.run((unitOfWork) =>
      this.desk.discard(unitOfWork, [id], DISCARDABLE, action),
    );
    const message = await this.known(id);
    if (discarded.length === 0) throw discardRefusal(message.status);
    return message;
  }

  private async known(id: string): Promise<ShownFailedMessage> {
    const message = await this.reader.find(id);
    if (message === undefined) throw notFound(id);
    return message;
  }
}
