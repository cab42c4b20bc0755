import { FakeEmailSender } from '../../test/fake-email.sender';
import type { DueNotification } from '../persistence/due-notification';
import { ConsoleSmsSender, masked } from './console-sms.sender';
import { MessageCourier } from './message-courier';
import { ProviderOutages } from './provider-outages';

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
    facts: '{"currency":"USD","amount":129999}',
    attempts: 0,
    createdAt: TIME,
    cause: { correlationId: 'c' },
    probe: false,
    ...over,
  };
}

function aCourier() {
  const mails = new FakeEmailSender();
  const outages = new ProviderOutages();
  const courier = new MessageCourier(mails, new ConsoleSmsSender(), outages);
  const deliver = (over: Partial<DueNotification> = {}) =>
    courier.deliver(aNotification(over), AbortSignal.timeout(1_000)).then(({ kind }) => kind);
  return { mails, outages, courier, deliver };
}

describe('a notification', () => {
  it('becomes a mail to its recipient', async () => {
    const { mails, deliver } = aCourier();
    expect(await deliver()).toBe('sent');
    expect(mails.arrived()).toMatchObject([
      { to: 'ada@example.test', subject: 'Your order 01936f5e-7d10-7e05-9a70-0d4c2a6f3b52 is confirmed' },
    ]);
  });

  it('becomes a short message on the other channel', async () => {
    const { mails, deliver } = aCourier();
    expect(await deliver({ channel: 'sms', recipient: '+491701234567' })).toBe('sent');
    expect(mails.arrived()).toEqual([]);
  });

  it.each([
    ['for good', 'rejected'],
    ['for now', 'deferred'],
  ] as const)('that is refused %s was %s', async (how, kind) => {
    const { mails, deliver } = aCourier();
    mails.refuseMails(how);
    expect(await deliver()).toBe(kind);
  });

  it('that can not be read is our own fault', async () => {
    await expect(aCourier().deliver({ facts: 'not JSON' })).rejects.toThrow(SyntaxError);
  });
});

describe('a provider that does not answer', () => {
  async function anOutage() {
    const world = aCourier();
    await world.mails.goAway();
    for (let failure = 0; failure < 5; failure += 1) expect(await world.deliver()).toBe('unreachable');
    await world.mails.comeBack();
    return world;
  }

  it('is left alone after a few failures, except for probes', async () => {
    const { mails, deliver } = await anOutage();
    expect(await deliver()).toBe('unreachable');
    expect(mails.arrived()).toEqual([]);
    expect(await deliver({ probe: true })).toBe('sent');
  });

  it('is used again as soon as a probe gets any answer', async () => {
    const { mails, outages, deliver } = await anOutage();
    mails.refuseRecipient('gone@example.test', 'for good');
    expect(await deliver({ probe: true, recipient: 'gone@example.test' })).toBe('rejected');
    expect(outages.isOut('email')).toBe(false);
    expect(await deliver()).toBe('sent');
  });

  it('does not keep the other channel waiting', async () => {
    const { deliver } = await anOutage();
    expect(await deliver({ channel: 'sms', recipient: '+491701234567' })).toBe('sent');
  });

  it('is not believed to be out because of single failures', async () => {
    const { mails, outages, deliver } = aCourier();
    for (let round = 0; round < 10; round += 1) {
      await mails.goAway();
      await deliver();
      await mails.comeBack();
      await deliver();
    }
    expect(outages.isOut('email')).toBe(false);
  });
});

describe('a phone number in the log', () => {
  it('is not readable in full', () => {
    expect(masked('+491701234567')).toBe('+49…67');
  });
});
