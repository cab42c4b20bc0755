import { SystemClock } from '@app/platform';
import { eventually, TcpProxy } from '@app/testing';
import { anEmail } from '../../test/email-sender.contract';
import { TestMailServer } from '../../test/mail-server';
import { ScriptedMailServer, SMTP_STEPS, type Misbehaviour, type SmtpStep } from '../../test/scripted-mail-server';
import { DeliveryDeferred, DeliveryRejected, DeliveryUnanswered, DeliveryUnknown } from './delivery-errors';
import { ProviderUnreachable, RecipientBusy } from './delivery-errors';
import { SmtpEmailSender, type SmtpOptions } from './smtp-email.sender';

const patient = () => AbortSignal.timeout(20_000);

/** What a test has opened; closed after it, however it ends. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function aScriptedServer(): Promise<ScriptedMailServer> {
  const server = new ScriptedMailServer();
  await server.start();
  opened.push(() => server.stop());
  return server;
}

async function aServer(): Promise<TestMailServer> {
  const server = new TestMailServer();
  await server.start();
  opened.push(() => server.stop());
  return server;
}

async function aProxy(port: number): Promise<TcpProxy> {
  const proxy = await TcpProxy.open({ port });
  opened.push(() => proxy.close());
  return proxy;
}

function aSender(url: string, over: Partial<SmtpOptions> = {}): SmtpEmailSender {
  const sender = new SmtpEmailSender(
    {
      url,
      maxConnections: 2,
      fromAddress: 'orders@example.test',
      fromName: 'Order Service',
      // Long enough for a busy machine to answer in time.
      connectionTimeoutMs: 400,
      commandTimeoutMs: 400,
      finalAnswerTimeoutMs: 400,
      slowAfterMs: 60_000,
      ...over,
    },
    new SystemClock(),
  );
  opened.push(() => sender.onApplicationShutdown());
  return sender;
}

async function failureOf(sending: Promise<string>): Promise<Error> {
  const failure = await sending.catch((error: unknown) => error);
  if (!(failure instanceof Error)) throw new Error('it was taken');
  return failure;
}

describe('a mail server that goes wrong at one step', () => {
  let server: ScriptedMailServer;
  let sender: SmtpEmailSender;
  beforeEach(async () => {
    server = await aScriptedServer();
    sender = aSender(server.url);
  });

  const HOW: readonly Misbehaviour[] = ['silent', 'cut', 'half, then silent', 'half, then cut', 'a byte now and then'];
  const CASES = SMTP_STEPS.flatMap((at) => HOW.map((how) => [at, how] as const));

  it.each(CASES)('%s: %s, costs no more than the time-out, and leaves no doubt but after the mail', async (at, how) => {
    server.fault = { at, how };
    const begun = performance.now();
    const failure = await failureOf(sender.send(anEmail(), patient()));
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(failure).toBeInstanceOf(at === 'mail' ? DeliveryUnknown : ProviderUnreachable);
    expect(server.complete).toBe(at === 'mail' ? 1 : 0);
    server.fault = undefined;
    await sender.send(anEmail(), patient());
  });

  it('that never greets is said to be late, not to have hung up', async () => {
    server.fault = { at: 'greeting', how: 'silent' };
    const failure = await failureOf(sender.send(anEmail(), patient()));
    expect(failure.message).toMatch(/no session within 400 ms|[Gg]reeting/);
  });

  const REPLIES: readonly [SmtpStep, number, new (message: string) => Error][] = [
    ['greeting', 421, ProviderUnreachable],
    ['greeting', 554, ProviderUnreachable],
    ['EHLO', 421, ProviderUnreachable],
    ['AUTH', 454, ProviderUnreachable],
    ['AUTH', 535, ProviderUnreachable],
    ['MAIL', 421, ProviderUnreachable],
    ['MAIL', 451, ProviderUnreachable],
    ['MAIL', 550, ProviderUnreachable],
    ['RCPT', 421, ProviderUnreachable],
    ['RCPT', 450, DeliveryDeferred],
    ['RCPT', 451, DeliveryDeferred],
    ['RCPT', 452, DeliveryDeferred],
    ['RCPT', 501, DeliveryRejected],
    ['RCPT', 503, ProviderUnreachable],
    ['RCPT', 530, ProviderUnreachable],
    ['RCPT', 550, DeliveryRejected],
    ['DATA', 421, ProviderUnreachable],
    ['DATA', 451, DeliveryDeferred],
    ['DATA', 554, DeliveryRejected],
    ['mail', 421, ProviderUnreachable],
    ['mail', 451, DeliveryDeferred],
    ['mail', 552, DeliveryRejected],
    ['mail', 554, DeliveryRejected],
    ['mail', 354, DeliveryUnknown],
  ];

  it.each(REPLIES)('%s: a %d is what it says, and the next mail goes', async (at, code, type) => {
    server.fault = { at, how: { answer: `${code} as you wish` } };
    expect(await failureOf(sender.send(anEmail(), patient()))).toBeInstanceOf(type);
    server.fault = undefined;
    await sender.send(anEmail(), patient());
  });
});

describe('a connection that is cut', () => {
  it('at any byte of the answers leaves a mail that was taken, was not taken, or is unknown, as it is said', async () => {
    const server = await aScriptedServer();
    const proxy = await aProxy(server.port);
    const outcomes: string[] = [];
    for (let bytes = 0; outcomes.at(-1) !== 'taken'; bytes += 1) {
      const sender = aSender(proxy.through(server.url), { commandTimeoutMs: 5_000, connectionTimeoutMs: 5_000 });
      const before = server.complete;
      proxy.cutAfterAnswerBytes(bytes);
      const end = await sender.send(anEmail(), patient()).then(
        () => 'taken',
        (error: Error) => error.name,
      );
      proxy.heal();
      // What is unknown may have arrived; what was not taken must not have.
      expect([end, bytes, server.complete - before]).toEqual([end, bytes, end === 'ProviderUnreachable' ? 0 : 1]);
      outcomes.push(end);
    }
    expect(new Set(outcomes)).toEqual(new Set(['ProviderUnreachable', 'DeliveryUnknown', 'taken']));
    // In this order, without going back.
    expect(outcomes.toSorted((a, b) => outcomes.indexOf(a) - outcomes.indexOf(b))).toEqual(outcomes);
    expect(outcomes.length).toBeGreaterThan(100);
  });

  it('while it is kept for later costs the next mail nothing', async () => {
    const server = await aServer();
    const proxy = await aProxy(Number(new URL(server.url).port));
    const sender = aSender(proxy.through(server.url));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(['a', 'b'].map((name) => sender.send(anEmail({ to: `${name}@example.test` }), patient())));
      proxy.cut();
    }
    expect(server.mails).toHaveLength(6);
  });
});

describe('a server that takes its time to answer for a mail', () => {
  let server: TestMailServer;
  let sender: SmtpEmailSender;
  beforeEach(async () => {
    server = await aServer();
  });

  async function lateAnswer(answerAfterMs: number, finalAnswerTimeoutMs: number): Promise<Promise<string>> {
    sender = aSender(server.url, { connectionTimeoutMs: 5_000, finalAnswerTimeoutMs, slowAfterMs: 50 });
    server.answerAfterMs = () => answerAfterMs;
    const failure = await failureOf(sender.send(anEmail(), patient()));
    if (!(failure instanceof DeliveryUnanswered)) throw failure;
    expect(failure.withinMs).toBe(finalAnswerTimeoutMs);
    return failure.answer.catch((error: unknown) => Promise.reject(error as Error));
  }

  it('is waited for, longer than for any other answer', async () => {
    const sent = await lateAnswer(600, 60_000);
    expect(sent).toMatch(/^<01936f5e/);
    expect(server.mails).toHaveLength(1);
    expect(sender.isHeldUp('ada@example.test')).toBe(false);
  });

  it('may still refuse it', async () => {
    server.onMail = () => ({ code: 554, text: 'a virus' });
    await expect(lateAnswer(300, 60_000)).rejects.toThrow(DeliveryRejected);
    server.onMail = () => ({ code: 451, text: 'not now' });
    await expect(lateAnswer(300, 60_000)).rejects.toThrow(DeliveryDeferred);
  });

  it('is not waited for forever', async () => {
    server.onMail = () => 'take and hang';
    await expect(lateAnswer(0, 300)).rejects.toThrow(DeliveryUnknown);
    expect(server.mails).toHaveLength(1);
  });

  it('holds up nobody but the recipients it does so for', async () => {
    server.onMail = (recipient) => (recipient.startsWith('slow') ? 'take and hang' : undefined);
    sender = aSender(server.url, { connectionTimeoutMs: 5_000, finalAnswerTimeoutMs: 60_000, slowAfterMs: 300 });
    const slow = Array.from({ length: 30 }, () =>
      failureOf(sender.send(anEmail({ to: 'slow@example.test' }), patient())),
    );
    const times = await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        const begun = performance.now();
        await sender.send(anEmail({ to: `quick-${number}@example.test` }), patient());
        return performance.now() - begun;
      }),
    );
    const failures = await Promise.all(slow);
    expect(failures.filter((failure) => failure instanceof DeliveryUnanswered)).toHaveLength(1);
    expect(failures.filter((failure) => failure instanceof RecipientBusy)).toHaveLength(29);
    expect(times.toSorted((a, b) => a - b)[180]).toBeLessThan(1_500);
    expect(sender.isHeldUp('slow@example.test')).toBe(true);
    sender.stopWaiting();
    await eventually(() => expect(sender.isHeldUp('slow@example.test')).toBe(false));
  });
});

describe('a server that allows fewer connections than we would make', () => {
  it('is given all mails over those it allows', async () => {
    const server = await aServer();
    server.mostConnections = 1;
    const sender = aSender(server.url, { maxConnections: 5, connectionTimeoutMs: 5_000, commandTimeoutMs: 5_000 });
    await sender.send(anEmail(), patient());
    const to = (number: number) => ({ to: `customer-${number}@example.test` });
    await Promise.all(Array.from({ length: 50 }, (_, number) => sender.send(anEmail(to(number)), patient())));
    expect(server.mails).toHaveLength(51);
  });
});
