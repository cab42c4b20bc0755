import { HealthIndicator, type HealthResult } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { FailedMessageReader } from './failed-message.reader';
import { toCounts } from './failed-message.response';

/** Shows how many messages are unfinished. They make no service unhealthy: restarting it would mend nothing. */
@Injectable()
export class FailedMessagesHealthIndicator extends HealthIndicator {
  readonly name = 'failed_messages';
  readonly required = false;

  constructor(private readonly reader: FailedMessageReader) {
    super();
  }

  async check(): Promise<HealthResult> {
    return { status: 'up', details: toCounts(await this.reader.summary()) as unknown as Record<string, unknown> };
  }
}
