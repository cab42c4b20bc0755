import { Clock, HealthRegistry } from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { fallbackDomainOf, type NotificationConfig } from '../config';
import { ConsoleSmsSender } from './console-sms.sender';
import { DeliverySettings } from './delivery-settings';
import { EmailSender } from './email-sender';
import { MessageCourier } from './message-courier';
import { ProviderOutages } from './provider-outages';
import { SmsSender } from './sms-sender';
import { SmtpEmailSender } from './smtp-email.sender';
import { SmtpHealthIndicator } from './smtp.health-indicator';

/** A lease outlives the attempt by far: a message is only tried while nobody else may take it up. */
const LEASE_PER_TIMEOUT = 4;

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
        { provide: SmsSender, useClass: ConsoleSmsSender },
        {
          provide: SmtpHealthIndicator,
          inject: [HealthRegistry, ProviderOutages],
          useFactory: (registry: HealthRegistry, outages: ProviderOutages) => {
            const indicator = new SmtpHealthIndicator(config.smtpUrl, outages);
            registry.register(indicator);
            return indicator;
          },
        },
        ProviderOutages,
        MessageCourier,
      ],
      exports: [DeliverySettings, MessageCourier, ProviderOutages],
    };
  }
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
    maxAgeMs: config.deliveryMaxAgeMs,
  };
  return new DeliverySettings(limits, policy, fallbackDomainOf(config));
}

function smtpOptionsOf(config: NotificationConfig) {
  return {
    url: config.smtpUrl,
    maxConnections: config.smtpMaxConnections,
    fromAddress: config.emailFromAddress,
    fromName: config.emailFromName,
    connectionTimeoutMs: config.smtpConnectionTimeoutMs,
    socketTimeoutMs: config.smtpSocketTimeoutMs,
  };
}
