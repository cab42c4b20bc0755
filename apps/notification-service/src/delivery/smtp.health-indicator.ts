import { HealthIndicator, type HealthResult } from '@app/platform';
import { createTransport } from 'nodemailer';
import type { ProviderOutages } from './provider-outages';
import { connectionOf } from './smtp-email.sender';

const CHECK_TIMEOUT_MS = 900;

/** Connects, logs in and says goodbye. Not required: without it mails wait, and nothing else does. */
export class SmtpHealthIndicator extends HealthIndicator {
  readonly name = 'smtp';
  readonly required = false;

  constructor(
    private readonly url: string,
    private readonly outages: ProviderOutages,
  ) {
    super();
  }

  async check(): Promise<HealthResult> {
    const timeouts = { connectionTimeoutMs: CHECK_TIMEOUT_MS, socketTimeoutMs: CHECK_TIMEOUT_MS };
    const transport = createTransport(connectionOf({ url: this.url, ...timeouts }));
    await transport.verify();
    return this.outages.isOut('email')
      ? { status: 'degraded', details: { reason: 'mails have not been accepted lately' } }
      : { status: 'up' };
  }
}
