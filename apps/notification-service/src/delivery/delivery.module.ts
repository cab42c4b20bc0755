import { BreakerHealthIndicator, CircuitBreakers, Clock } from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { fallbackDomainOf, type NotificationConfig } from '../config';
import { ConsoleSmsSender } from './console-sms.sender';
import { DeliverySettings } from './delivery-settings';
import { EmailSender } from './email-sender';
import { MessageCourier } from './message-courier';
import { ProviderBreakers, type ProviderLimits } from './provider-breakers';
import { SmsSender } from './sms-sender';
import { WebhookSmsSender } from './webhook-sms.sender';
import { SmtpEmailSender } from './smtp-email.sender';
import { SmtpHealthIndicator } from './smtp.health-indicator';

/** A lease outlives the attempt by far: a message is only tried while nobody else may take it up. */
const LEASE_PER_TIMEOUT = 4;

/** Well above what a mail server needs to take a mail, and little for the mails behind it to wait. */
const SLOW_AFTER_MS = 2_000;

/** The world outside: mail server, SMS provider, and what is known of their health. */
@Module({})
export class DeliveryModule {
  static forRoot(config: NotificationConfig): DynamicModule {
    return {
      module: DeliveryModule,
      providers: [
        { provide: DeliverySettings, useValue: settingsOf(config) },
        {
          provide: EmailSender,
          inject: [Clock],
          useFactory: (clock: Clock) => new SmtpEmailSender(smtpOptionsOf(config), clock),
        },
        { provide: SmsSender, inject: [Clock], useFactory: (clock: Clock) => smsSenderOf(config, clock) },
        {
          provide: SmtpHealthIndicator,
          inject: [ProviderBreakers],
          useFactory: (breakers: ProviderBreakers) => new SmtpHealthIndicator(config.smtpUrl, breakers),
        },
        {
          provide: BreakerHealthIndicator,
          inject: [ProviderBreakers],
          useFactory: (breakers: ProviderBreakers) => new BreakerHealthIndicator(breakers.of('sms')),
        },
        {
          provide: ProviderBreakers,
          inject: [CircuitBreakers],
          useFactory: (breakers: CircuitBreakers) => new ProviderBreakers(breakers, providerLimitsOf(config)),
        },
        MessageCourier,
      ],
      exports: [DeliverySettings, MessageCourier, ProviderBreakers],
    };
  }
}

function smsSenderOf(config: NotificationConfig, clock: Clock): SmsSender {
  const { smsWebhookUrl: url, smsWebhookSecret: secret, smsWebhookTimeoutMs: timeoutMs } = config;
  if (url === undefined || secret === undefined) return new ConsoleSmsSender();
  return new WebhookSmsSender({ url, secret, timeoutMs }, clock);
}

function settingsOf(config: NotificationConfig): DeliverySettings {
  const limits = {
    concurrency: config.deliveryConcurrency,
    capacity: config.deliveryCapacity,
    leaseMs: config.deliveryTimeoutMs * LEASE_PER_TIMEOUT,
    timeoutMs: config.deliveryTimeoutMs,
    sweepIntervalMs: config.deliverySweepIntervalMs,
  };
  const policy = {
    maxAttempts: config.deliveryMaxAttempts,
    retryBaseMs: config.deliveryRetryBaseMs,
    unknownRetryBaseMs: config.deliveryUnknownRetryBaseMs,
    maxAgeMs: config.deliveryMaxAgeMs,
  };
  return new DeliverySettings(limits, policy, fallbackDomainOf(config));
}

function providerLimitsOf(config: NotificationConfig): ProviderLimits {
  return {
    timeoutMs: config.deliveryTimeoutMs,
    maxConcurrent: config.deliveryConcurrency,
    probeIntervalMs: config.deliverySweepIntervalMs,
  };
}

function smtpOptionsOf(config: NotificationConfig) {
  return {
    url: config.smtpUrl,
    maxConnections: config.smtpMaxConnections,
    fromAddress: config.emailFromAddress,
    fromName: config.emailFromName,
    connectionTimeoutMs: config.smtpConnectionTimeoutMs,
    commandTimeoutMs: config.smtpSocketTimeoutMs,
    finalAnswerTimeoutMs: config.smtpFinalAnswerTimeoutMs,
    slowAfterMs: Math.min(SLOW_AFTER_MS, config.smtpSocketTimeoutMs),
  };
}
