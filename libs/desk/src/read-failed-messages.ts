import { decodeCursor, encodeCursor } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { notFound } from './desk-rules';
import { FailedMessageDetailsReader, type FailedMessageDetails } from './failed-message-details.reader';
import type { FailedMessageFilter } from './failed-message-filter';
import { FailedMessageReader, type ShownFailedMessage } from './failed-message.reader';

const WAITING_SHOWN = 100;
/** So few at a time, because each may carry a megabyte. */
const EXPORT_BATCH = 20;

export interface FailedMessagePage {
  readonly messages: readonly ShownFailedMessage[];
  readonly nextCursor: string | null;
}

/** A message with all that is known of it. */
export interface FullFailedMessage {
  readonly message: ShownFailedMessage;
  readonly details: FailedMessageDetails;
  readonly waiting: readonly ShownFailedMessage[];
}

/** Shows failed messages: page by page, one of them in full, or all of them one after the other. */
@Injectable()
export class ReadFailedMessages {
  constructor(
    private readonly reader: FailedMessageReader,
    private readonly detailsReader: FailedMessageDetailsReader,
  ) {}

  async page(filter: FailedMessageFilter, limit: number, cursor?: string): Promise<FailedMessagePage> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, ['integer'])[0];
    const { messages, next } = await this.reader.list(filter, limit, before);
    return { messages, nextCursor: next === undefined ? null : encodeCursor([next]) };
  }

  /** Throws `FAILED_MESSAGE.NOT_FOUND`. */
  async one(id: string): Promise<FullFailedMessage> {
    const message = await this.reader.find(id);
    const found = message && (await this.inFull([message]))[0];
    if (found === undefined) throw notFound(id);
    return found;
  }

  /** Everything that matches, newest first, read as it is asked for. */
  async *all(filter: FailedMessageFilter): AsyncGenerator<FullFailedMessage> {
    let before: number | undefined;
    do {
      const { messages, next } = await this.reader.list(filter, EXPORT_BATCH, before);
      yield* await this.inFull(messages);
      before = next;
    } while (before !== undefined);
  }

  private async inFull(messages: readonly ShownFailedMessage[]): Promise<FullFailedMessage[]> {
    const details = await this.detailsReader.of(messages.map(({ id }) => id));
    const full: FullFailedMessage[] = [];
    for (const message of messages) {
      const known = details.get(message.id);
      // Pruned between the two looks.
      if (known === undefined) continue;
      const waiting = message.waiting_behind === 0 ? [] : await this.reader.waitingBehind(message, WAITING_SHOWN);
      full.push({ message, details: known, waiting });
    }
    return full;
  }
}
