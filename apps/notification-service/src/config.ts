import {
  commonConfig,
  defineConfig,
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
    description: 'Mail server; smtps:// for TLS from the start.',
    default: 'smtp://127.0.0.1:1025',
    example: 'smtps://user:password@mail.example.com:465',
    protocols: ['smtp', 'smtps'],
    secret: true,
  }),
  smtpMaxConnections: positiveInt({ description: 'Connections kept to the mail server.', default: 5, max: 100 }),
  smtpConnectionTimeoutMs: durationMs({
    description: 'Milliseconds to look the mail server up, to connect, to be greeted and to log in, all together.',
    default: 5_000,
  }),
  smtpSocketTimeoutMs: durationMs({
    description: 'Milliseconds a mail server has to answer for the sender, the recipient and DATA of a mail.',
    default: 5_000,
  }),
  smtpFinalAnswerTimeoutMs: durationMs({
    description:
      'Milliseconds a mail server has to answer for a mail once it has all of it; RFC 5321 asks for ten minutes. Nothing else waits meanwhile but later messages to the same customer.',
    default: 600_000,
  }),
  emailFromAddress: mailAddress({ description: 'Sender of all mails.', default: 'orders@example.test' }),
  emailFromName: text({ description: 'Name of the sender.', default: 'Order Service' }),
  developmentEmailDomain: optional(
    domain({
      description:
        'Domain of the made-up addresses of users without a contact; absent means example.test, and in production that there are none.',
      example: 'example.test',
    }),
  ),
  smsWebhookUrl: optional(
    url({
      description: 'Takes short messages; without it they are written to the log.',
      example: 'https://sms.example.com/messages',
      secret: true,
    }),
  ),
  smsWebhookSecret: optional(
    text({
      description: 'Signs what is sent to SMS_WEBHOOK_URL; required with it.',
      example: 'change-me',
      secret: true,
    }),
  ),
  smsWebhookTimeoutMs: durationMs({
    description: 'Milliseconds to connect to SMS_WEBHOOK_URL, and as many again to be answered.',
    default: 5_000,
  }),
  deliveryConcurrency: positiveInt({ description: 'Messages sent at a time.', default: 128, max: 1_000 }),
  deliveryCapacity: positiveInt({ description: 'Messages held in memory.', default: 1_000, max: 100_000 }),
  deliveryTimeoutMs: durationMs({ description: 'Milliseconds one attempt may take.', default: 30_000 }),
  deliverySweepIntervalMs: durationMs({
    description: 'Milliseconds between two looks for messages whose time has come.',
    default: 1_000,
  }),
  deliveryMaxAttempts: positiveInt({
    description:
      'Attempts the provider answers with "later" or whose outcome is unknown: as many copies of a message there may be. Attempts that reach nobody are not counted.',
    default: 6,
    max: 20,
  }),
  deliveryRetryBaseMs: durationMs({
    description: 'Longest wait after the first "later" in milliseconds; five times longer after each further one.',
    default: 5_000,
  }),
  deliveryUnknownRetryBaseMs: durationMs({
    description:
      'Longest wait after the first attempt of unknown outcome in milliseconds, and twice the shortest; five times longer after each further one.',
    default: 120_000,
  }),
  deliveryMaxAgeMs: durationMs({
    description: 'Milliseconds after which a message nobody took is given up.',
    default: 86_400_000,
  }),
};

export const loadConfig = defineConfig(spec, ({ smsWebhookUrl, smsWebhookSecret }) => {
  if (smsWebhookUrl === undefined || smsWebhookSecret !== undefined) return [];
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
