import { redactText, type Clock } from '@app/platform';
import { createHmac } from 'node:crypto';
import { DeliveryDeferred, DeliveryRejected, ProviderUnreachable } from './delivery-errors';
import { SmsSender, type SmsMessage } from './sms-sender';

/** Where short messages go. */
export interface SmsWebhookOptions {
  readonly url: string;
  readonly secret: string;
}

/** "Too many requests", "not yet", "somebody else is at this one": the same message may go later. */
const LATER = new Set([408, 409, 425, 429]);
/** We, not the message, are refused: a misconfiguration loses no message. */
const OUR_FAULT = new Set([401, 403, 404, 405, 407]);

/**
 * Hands short messages to whatever answers at a URL: POST `{id, to, text}`, signed over time and body as Stripe signs its
 * webhooks, `Idempotency-Key` the notification's id. 2xx: accepted. 408, 409, 425, 429: later, `Retry-After` honoured. Other
 * 4xx about the message: never. 5xx, no answer, a redirect, a refused signature: unreachable.
 */
export class WebhookSmsSender extends SmsSender {
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
    const response = await this.post({ method: 'POST', headers, body, redirect: 'manual', signal });
    // Nobody reads it; left alone it would keep the connection.
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return id;
    throw this.failureOf(response);
  }

  private async post(request: RequestInit): Promise<Response> {
    try {
      return await fetch(this.options.url, request);
    } catch (error) {
      const { cause, name } = error as Error;
      const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : name;
      throw new ProviderUnreachable(`sms: ${redactText(code)}`);
    }
  }

  private failureOf({ status, headers }: Response): Error {
    const text = `sms: the provider answered ${status}`;
    if (LATER.has(status)) return new DeliveryDeferred(text, retryAfter(headers.get('retry-after'), this.clock.now()));
    if (status >= 400 && status < 500 && !OUR_FAULT.has(status)) return new DeliveryRejected(text);
    return new ProviderUnreachable(text);
  }
}

/** `t=<seconds>,v1=<hmac-sha256 of "<seconds>.<body>">`: an old one can not be used again for long. */
export function signatureOf(body: string, secret: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

const LONGEST_WAIT_MS = 3_600_000;

/** Seconds or a date; undefined when it says nothing we understand. Never more than an hour. */
function retryAfter(value: string | null, now: Date): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined;
}
