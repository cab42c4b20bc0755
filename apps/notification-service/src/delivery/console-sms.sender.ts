import { Injectable, Logger } from '@nestjs/common';
import { ProviderUnreachable } from './delivery-errors';
import { SmsSender, type SmsMessage } from './sms-sender';

/** Writes short messages to the log instead of sending them: for development, and where nobody needs them. */
@Injectable()
export class ConsoleSmsSender extends SmsSender {
  readonly outcome = 'logged';
  private readonly logger = new Logger(ConsoleSmsSender.name);

  async send({ id, to, text }: SmsMessage, signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw new ProviderUnreachable('given up before it was sent');
    this.logger.log(`SMS to ${masked(to)}: ${text}`, { notification_id: id });
    return Promise.resolve(`console-${id}`);
  }
}

/** `+491701234567` → `+49…67`. */
export function masked(number: string): string {
  return `${number.slice(0, 3)}…${number.slice(-2)}`;
}
