import { CircuitBreakers } from '@app/platform';
import { jest } from '@jest/globals';
import { FakeEmailSender } from '../../test/fake-email.sender';
import type { DueNotification } from '../persistence/due-notification';
import { ConsoleSmsSender, masked } from './console-sms.sender';
import { MessageCourier } from './message-courier';
import { ProviderBreakers } from './provider-breakers';
import { SmsSender, type SmsMessage } from './sms-sender';

const TIME = new Date('2026-01-15T09:30:00.000Z');

function aNotification(over: Partial<DueNotification> = {}): DueNotification {
  return {
    id: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
    orderId: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52',
    leasedUntil: TIME,
    userId: 'user_123',
    type: 'order_confirmed',
    channel: 'email',
    recipient: 'ada@example.test',
    facts: '{"orderNumber":"7F3K-29QX","currency":"USD","amount":129999}',
    attempts: 0,
    createdAt: TIME,
    cause: { correlationId: 'c' },
    ...over,
  };
}

class FakeSmsSender extends SmsSender {
  readonly outcome = 'sent';

  send({ id }: SmsMessage): Promise<string> {
    return Promise.resolve(id);
  }
}

function aCourier(texts: SmsSender = new ConsoleSmsSender()) {
  const mails = new FakeEmailSender();
  const limits = { timeoutMs: 5_000, maxConcurrent: 10, probeIntervalMs: 1_000 };
  const breakers = new ProviderBreakers(new CircuitBreakers(), limits);
  const courier = new MessageCourier(mails, texts, breakers);
  const deliver = (over: Partial<DueNotification> = {}) =>
    courier.deliver(aNotification(over), AbortSignal.timeout(1_000)).then(({ outcome: { kind } }) => kind);
  return { mails, breakers, courier, deliver };
}

describe('a notification', () => {
  it('becomes a mail to its recipient', async () => {
    const { mails, deliver } = aCourier();
    expect(await deliver()).toBe('sent');
    expect(mails.arrived()).toMatchObject([{ to: 'ada@example.test', subject: 'Your order 7F3K-29QX is confirmed' }]);
  });

  it('becomes a short message on the other channel, which is only logged where nobody sends it', async () => {
    const { mails, deliver } = aCourier();
    expect(await deliver({ channel: 'sms', recipient: '+491701234567' })).toBe('logged');
    expect(mails.arrived()).toEqual([]);
    const provider = aCourier(new FakeSmsSender());
    expect(await provider.deliver({ channel: 'sms', recipient: '+491701234567' })).toBe('sent');
  });

  it.each([
    ['for good', 'rejected'],
    ['for now', 'deferred'],
  ] as const)('that is refused %s was %s', async (how, kind) => {
    const { mails, deliver } = aCourier();
    mails.refuseMails(how);
    expect(await deliver()).toBe(kind);
  });

  it('of which the answer got lost may have been delivered', async () => {
    const { mails, deliver } = aCourier();
    mails.loseAnswers();
    expect(await deliver()).toBe('unknown');
  });

  it('that is not answered in time has its end later, and keeps others from the recipient, not from anybody else', async () => {
    const { mails, courier, breakers } = aCourier();
    mails.goSilent();
    const delivery = await courier.deliver(aNotification(), AbortSignal.timeout(20));
    expect(delivery.outcome).toMatchObject({ kind: 'unanswered', withinMs: 60_000 });
    await mails.comeBack();
    const next = await courier.deliver(aNotification(), AbortSignal.timeout(1_000));
    expect(next.outcome.kind).toBe('unreachable');
    const toSomebodyElse = aNotification({ recipient: 'eve@example.test' });
    expect((await courier.deliver(toSomebodyElse, AbortSignal.timeout(1_000))).outcome.kind).toBe('sent');
    expect(mails.arrived().map(({ to }) => to)).toEqual(['ada@example.test', 'eve@example.test']);
    expect(breakers.of('email').snapshot()).toMatchObject({ failed: 0 });
    courier.stopWaiting();
    expect(await delivery.answer).toMatchObject({ kind: 'unknown' });
  });

  it('that cannot be read is our own fault', async () => {
    await expect(aCourier().deliver({ facts: 'not JSON' })).rejects.toThrow(SyntaxError);
  });
});

describe('a provider that does not answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  async function anOutage() {
    const world = aCourier();
    await world.mails.goAway();
    for (let failure = 0; failure < 5; failure += 1) expect(await world.deliver()).toBe('unreachable');
    await world.mails.comeBack();
    return world;
  }

  const untilTheNextProbe = () => jest.advanceTimersByTimeAsync(1_000);

  it('is left alone after a few failures, except for a probe now and then', async () => {
    const { mails, deliver } = await anOutage();
    expect(await deliver()).toBe('unreachable');
    expect(mails.arrived()).toEqual([]);
    await untilTheNextProbe();
    expect(await Promise.all([deliver(), deliver(), deliver()])).toEqual(['sent', 'unreachable', 'unreachable']);
    expect(mails.arrived()).toHaveLength(1);
  });

  it('is used again as soon as a probe gets any answer', async () => {
    const { mails, breakers, deliver } = await anOutage();
    mails.refuseRecipient('gone@example.test', 'for good');
    await untilTheNextProbe();
    expect(await deliver({ recipient: 'gone@example.test' })).toBe('rejected');
    expect(breakers.isOut('email')).toBe(false);
    expect(await deliver()).toBe('sent');
  });

  it('is not thought away because it refuses one message after the other', async () => {
    const { mails, breakers, deliver } = aCourier();
    mails.refuseMails('for now');
    for (let time = 0; time < 30; time += 1) expect(await deliver()).toBe('deferred');
    expect(breakers.isOut('email')).toBe(false);
  });

  it('is left alone as well when it takes messages and loses its answers', async () => {
    const { mails, breakers, deliver } = aCourier();
    mails.loseAnswers();
    for (let failure = 0; failure < 5; failure += 1) expect(await deliver()).toBe('unknown');
    expect(await deliver()).toBe('unreachable');
    expect(breakers.isOut('email')).toBe(true);
    expect(mails.arrived()).toHaveLength(5);
  });

  it('does not keep the other channel waiting', async () => {
    const { deliver } = await anOutage();
    expect(await deliver({ channel: 'sms', recipient: '+491701234567' })).toBe('logged');
  });

  it('is not believed to be out because of single failures', async () => {
    const { mails, breakers, deliver } = aCourier();
    for (let round = 0; round < 10; round += 1) {
      await mails.goAway();
      await deliver();
      await mails.comeBack();
      await deliver();
    }
    expect(breakers.isOut('email')).toBe(false);
  });
});

describe('a phone number in the log', () => {
  it('is not readable in full', () => {
    expect(masked('+491701234567')).toBe('+49…67');
  });
});
