import { breakerDetails, failureReason, HealthIndicator, type HealthResult } from '@app/platform';
import { createTransport } from 'nodemailer';
import type { ProviderBreakers } from './provider-breakers';
import { connectionOf } from './smtp-email.sender';

const CHECK_TIMEOUT_MS = 900;
const NO_WELCOME = 'it rejected the connection: check its log, and its address in the configuration';

/** Connects, logs in and says goodbye. Not required: without it mails wait, and nothing else does. */
export class SmtpHealthIndicator extends HealthIndicator {
  readonly name = 'smtp';
  readonly required = false;

  constructor(
    private readonly url: string,
    private readonly breakers: ProviderBreakers,
  ) {
    super();
  }

  async check(): Promise<HealthResult> {
    const transport = createTransport(connectionOf({ url: this.url, timeoutMs: CHECK_TIMEOUT_MS }));
    const { details } = breakerDetails(this.breakers.of('email'));
    try {
      await transport.verify();
    } catch (error) {
      return { status: 'down', details: { reason: failureReason(error) ?? NO_WELCOME, ...details } };
    }
    return { status: this.breakers.isOut('email') ? 'degraded' : 'up', details };
  }
}
