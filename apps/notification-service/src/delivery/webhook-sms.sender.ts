import { redactText, type Clock } from '@app/platform';
import type { OnApplicationShutdown } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnknown, ProviderUnreachable } from './delivery-errors';
import { HttpPoster, PostFailure, type PostAnswer } from './http-poster';
import { SmsSender, type SmsMessage } from './sms-sender';

/** Where short messages go. */
export interface SmsWebhookOptions {
  readonly url: string;
  readonly secret: string;
  /** To connect, and again to answer; milliseconds. */
  readonly timeoutMs: number;
}

/** "Too many requests", "not yet", "somebody else is at this one": the same message may go later. */
const LATER = new Set([408, 409, 425, 429]);
/** We, not the message, are refused: a misconfiguration loses no message. */
const OUR_FAULT = new Set([401, 403, 404, 405, 407]);
/** Says that nothing was done; of any other 5xx something may have been. */
const NOT_DONE = new Set([501, 503, 505]);

/**
 * Hands short messages to whatever answers at a URL: POST `{id, to, text}`, signed over time and body as Stripe signs its
 * webhooks, `Idempotency-Key` the notification's id. 2xx: accepted. 408, 409, 425, 429: later, `Retry-After` honoured. Other
 * 4xx about the message: never. No connection, 501, 503, 505, a redirect, a refused signature: unreachable. Other 5xx, and no
 * answer to what was sent: unknown; the next try has the same key, so that a provider which knows keys sends nothing twice.
 */
export class WebhookSmsSender extends SmsSender implements OnApplicationShutdown {
  readonly outcome = 'sent';
  private readonly poster = new HttpPoster();

  constructor(
    private readonly options: SmsWebhookOptions,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ id, to, text }: SmsMessage, signal: AbortSignal): Promise<string> {
    const body = JSON.stringify({ id, to, text });
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      'x-signature': signatureOf(body, this.options.secret, this.clock.now()),
    };
    const { url, timeoutMs } = this.options;
    const answer = await this.poster.post(url, { headers, body, timeoutMs, signal }).catch((error: unknown) => {
      throw error instanceof PostFailure ? failureToPost(error) : error;
    });
    if (answer.status >= 200 && answer.status < 300) return id;
    throw this.failureOf(answer);
  }

  onApplicationShutdown(): void {
    this.poster.close();
  }

  private failureOf({ status, retryAfter: wanted }: PostAnswer): Error {
    const text = `sms: the provider answered ${status}`;
    if (LATER.has(status)) return new DeliveryDeferred(text, retryAfter(wanted, this.clock.now()));
    if (status >= 500 && !NOT_DONE.has(status)) return new DeliveryUnknown(text);
    if (status >= 400 && status < 500 && !OUR_FAULT.has(status)) return new DeliveryRejected(text);
    return new ProviderUnreachable(text);
  }
}

function failureToPost({ message, wasSent }: PostFailure): Error {
  const text = `sms: ${redactText(message)}`;
  return wasSent ? new DeliveryUnknown(text) : new ProviderUnreachable(text);
}

/** `t=<seconds>,v1=<hmac-sha256 of "<seconds>.<body>">`: an old one cannot be used again for long. */
export function signatureOf(body: string, secret: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

const LONGEST_WAIT_MS = 3_600_000;

/** Seconds or a date; undefined when it says nothing we understand. Never more than an hour. */
function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined;
}
