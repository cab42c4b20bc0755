import type { NotificationChannel } from '@app/events';
import { Injectable, Logger } from '@nestjs/common';

/** Single failures happen: a connection that broke, a server that restarts. */
const FAILURES_OF_AN_OUTAGE = 5;

/**
 * Knows which providers do not answer at present. During an outage messages stay where they are, except for a probe now and
 * then: trying thousands of them in vain would only keep the database busy.
 */
@Injectable()
export class ProviderOutages {
  private readonly logger = new Logger(ProviderOutages.name);
  private readonly failures = new Map<NotificationChannel, number>();

  isOut(channel: NotificationChannel): boolean {
    return (this.failures.get(channel) ?? 0) >= FAILURES_OF_AN_OUTAGE;
  }

  /** The provider has answered, with whatever. */
  reached(channel: NotificationChannel): void {
    if (this.isOut(channel)) this.logger.log(`${channel} provider is back, delivering what has waited`);
    this.failures.delete(channel);
  }

  unreachable(channel: NotificationChannel, reason: string): void {
    const failures = (this.failures.get(channel) ?? 0) + 1;
    this.failures.set(channel, failures);
    if (failures !== FAILURES_OF_AN_OUTAGE) return;
    this.logger.warn(`${channel} provider can not be reached, its messages wait: ${reason}`);
  }
}
