import {
  bool,
  commonConfig,
  defineServiceConfig,
  durationMs,
  optional,
  positiveInt,
  text,
  url,
  type Variable,
  type VariableOptions,
} from '@app/platform';

const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const MAILBOX = /^[\w.+-]{1,64}$/;

const spec = {
  ...commonConfig({ port: 8004, databaseUser: 'notification_service' }),
  smtpUrl: url({
    description: 'URL of the mail server; smtps:// uses TLS from the start.',
    default: 'smtp://127.0.0.1:1025',
    example: 'smtps://user:password@mail.example.com:465',
    protocols: ['smtp', 'smtps'],
    secret: true,
  }),
  smtpMaxConnections: positiveInt({
    description: 'Maximum number of connections to the mail server.',
    default: 5,
    max: 100,
  }),
  smtpConnectionTimeoutMs: durationMs({
    description:
      'Time-out for connecting to the mail server (DNS, TCP, greeting and log-in together), in milliseconds.',
    default: 5_000,
  }),
  smtpSocketTimeoutMs: durationMs({
    description: 'Time-out for each answer to MAIL, RCPT and DATA, in milliseconds.',
    default: 5_000,
  }),
  smtpFinalAnswerTimeoutMs: durationMs({
    description:
      'Time-out for the answer to a complete mail, in milliseconds; RFC 5321 recommends ten minutes. Only later messages of the same order wait for it.',
    default: 600_000,
  }),
  emailFromAddress: mailAddress({ description: 'Sender address of all mails.', default: 'orders@example.test' }),
  emailFromName: text({ description: 'Sender name of all mails.', default: 'Order Service' }),
  developmentEmailDomain: optional(
    domain({
      description:
        'Domain of generated addresses for users without a contact. Default: example.test; in production none, so that such users get no mail.',
      example: 'example.test',
    }),
  ),
  smsWebhookUrl: optional(
    url({
      description: 'URL that SMS are posted to; if absent, they are written to the log and have the status logged.',
      example: 'https://sms.example.com/messages',
      secret: true,
    }),
  ),
  smsWebhookSecret: optional(
    text({
      description: 'Secret that signs requests to SMS_WEBHOOK_URL; required with it.',
      example: 'change-me',
      secret: true,
    }),
  ),
  smsAllowConsole: bool({
    description: 'Whether a service in production may write SMS to the log instead of sending them.',
    default: false,
  }),
  smsWebhookTimeoutMs: durationMs({
    description: 'Time-out for connecting to SMS_WEBHOOK_URL, and again for its answer, in milliseconds.',
    default: 5_000,
  }),
  deliveryConcurrency: positiveInt({
    description: 'Maximum number of messages sent concurrently.',
    default: 128,
    max: 1_000,
  }),
  deliveryCapacity: positiveInt({
    description: 'Maximum number of messages held in memory.',
    default: 1_000,
    max: 100_000,
  }),
  deliveryTimeoutMs: durationMs({ description: 'Time-out of one delivery attempt, in milliseconds.', default: 30_000 }),
  deliverySweepIntervalMs: durationMs({
    description: 'Interval between two polls for due messages, in milliseconds.',
    default: 1_000,
  }),
  deliveryMaxAttempts: positiveInt({
    description:
      'Maximum number of attempts that the provider defers or whose outcome is unknown; a customer may receive up to this many copies. Attempts that reach no server are not counted.',
    default: 6,
    max: 20,
  }),
  deliveryRetryBaseMs: durationMs({
    description:
      'Maximum delay after the first deferral by the provider, in milliseconds; five times longer after each further one.',
    default: 5_000,
  }),
  deliveryUnknownRetryBaseMs: durationMs({
    description:
      'Maximum delay after the first attempt with an unknown outcome, in milliseconds (the minimum is half of it); five times longer after each further one.',
    default: 120_000,
  }),
  deliveryMaxAgeMs: durationMs({
    description: 'Age in milliseconds after which an undelivered message is given up.',
    default: 86_400_000,
  }),
};

export const loadConfig = defineServiceConfig(spec, ({ nodeEnv, smsAllowConsole, smsWebhookUrl, smsWebhookSecret }) => {
  if (smsWebhookUrl === undefined) {
    if (nodeEnv !== 'production' || smsAllowConsole) return [];
    const expected = 'the URL of an SMS provider in production, or SMS_ALLOW_CONSOLE=true to write SMS to the log only';
    return [{ variable: 'SMS_WEBHOOK_URL', problem: 'is missing', expected, example: spec.smsWebhookUrl.example }];
  }
  if (smsWebhookSecret !== undefined) return [];
  const expected = 'a text, because SMS_WEBHOOK_URL is set';
  return [{ variable: 'SMS_WEBHOOK_SECRET', problem: 'is missing', expected, example: undefined }];
});

export type NotificationConfig = ReturnType<typeof loadConfig>;

/** Where users without a contact get their mail: nowhere in production, unless it is asked for. */
export function fallbackDomainOf({ developmentEmailDomain, nodeEnv }: NotificationConfig): string | undefined {
  return developmentEmailDomain ?? (nodeEnv === 'production' ? undefined : 'example.test');
}

function domain(options: VariableOptions<string>): Variable<string> {
  return checked(text(options), 'a domain name', (value) => DOMAIN.test(value));
}

function mailAddress(options: VariableOptions<string>): Variable<string> {
  return checked(text(options), 'a plain mail address', (value) => {
    const [mailbox = '', host = '', ...rest] = value.split('@');
    return rest.length === 0 && MAILBOX.test(mailbox) && DOMAIN.test(host);
  });
}

function checked(variable: Variable<string>, expected: string, isValid: (value: string) => boolean): Variable<string> {
  return {
    ...variable,
    expected,
    parse(value) {
      const parsed = variable.parse(value);
      if (!isValid(parsed)) throw new Error(`is not ${expected}`);
      return parsed;
    },
  };
}
