import { HealthIndicator, HealthRegistry, type HealthResult } from '@app/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FailedMessageReader } from './failed-message.reader';
import { toCounts } from './failed-message.response';

/** Shows how many messages are unfinished. They make no service unhealthy: restarting it would mend nothing. */
@Injectable()
export class FailedMessagesHealthIndicator extends HealthIndicator implements OnModuleInit {
  readonly name = 'failed_messages';
  readonly required = false;

  constructor(
    private readonly reader: FailedMessageReader,
    private readonly registry: HealthRegistry,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.register(this);
  }

  async check(): Promise<HealthResult> {
    return { status: 'up', details: toCounts(await this.reader.summary()) as unknown as Record<string, unknown> };
  }
}
