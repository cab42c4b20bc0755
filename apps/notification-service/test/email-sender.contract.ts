import {
  DeliveryDeferred,
  DeliveryRejected,
  DeliveryUnanswered,
  DeliveryUnknown,
} from '../src/delivery/delivery-errors';
import { ProviderUnreachable } from '../src/delivery/delivery-errors';
import type { EmailMessage, EmailSender } from '../src/delivery/email-sender';

/** A sender, and the mail server behind it. */
export interface EmailWorld {
  readonly sender: EmailSender;
  /** Recipients and subjects of what has arrived. */
  arrived(): readonly { readonly to: string; readonly subject: string; readonly messageId: string }[];
  refuseRecipient(address: string, how: 'for good' | 'for now'): void;
  refuseMails(how: 'for good' | 'for now'): void;
  /** Takes mails and says nothing more. */
  goSilent(): void;
  /** Takes mails and breaks the connection instead of saying so. */
  loseAnswers(): void;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export function anEmail(over: Partial<EmailMessage> = {}): EmailMessage {
  return {
    id: '01936f5e-8f3a-7c61-b1f0-3f6a1f0c9d11',
    orderId: '01936f5e-7d10-7e05-9a70-0d4c2a6f3b52',
    to: 'ada@example.test',
    subject: 'Your order',
    text: 'Hello',
    html: '<p>Hello</p>',
    ...over,
  };
}

const patient = () => AbortSignal.timeout(5_000);

/** What every sender promises; the fake one of the tests is as good as the real one because both pass. */
export function describeEmailSender(name: string, open: () => Promise<EmailWorld & { close(): Promise<void> }>): void {
  describe(name, () => {
    let world: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('hands a mail over and tells its Message-ID, the same each time', async () => {
      const first = await world.sender.send(anEmail(), patient());
      const second = await world.sender.send(anEmail(), patient());
      expect(second).toBe(first);
      expect(world.arrived()).toEqual([
        { to: 'ada@example.test', subject: 'Your order', messageId: first },
        { to: 'ada@example.test', subject: 'Your order', messageId: first },
      ]);
    });

    it('tells a recipient who is refused for good from one who is refused for now', async () => {
      world.refuseRecipient('gone@example.test', 'for good');
      world.refuseRecipient('grey@example.test', 'for now');
      await expect(world.sender.send(anEmail({ to: 'gone@example.test' }), patient())).rejects.toThrow(
        DeliveryRejected,
      );
      await expect(world.sender.send(anEmail({ to: 'grey@example.test' }), patient())).rejects.toThrow(
        DeliveryDeferred,
      );
      await world.sender.send(anEmail(), patient());
      expect(world.arrived()).toHaveLength(1);
    });

    it.each([
      ['for good', DeliveryRejected],
      ['for now', DeliveryDeferred],
    ] as const)('tells when the mail itself is refused %s', async (how, type) => {
      world.refuseMails(how);
      await expect(world.sender.send(anEmail(), patient())).rejects.toThrow(type);
    });

    it('refuses an address that names two people', async () => {
      const to = 'ada@example.test, eve@example.test';
      await expect(world.sender.send(anEmail({ to }), patient())).rejects.toThrow(DeliveryRejected);
      expect(world.arrived()).toEqual([]);
    });

    it('says so when nobody is there, and works again when somebody is', async () => {
      await world.goAway();
      await expect(world.sender.send(anEmail(), patient())).rejects.toThrow(ProviderUnreachable);
      await world.comeBack();
      await world.sender.send(anEmail(), patient());
      expect(world.arrived()).toHaveLength(1);
    });

    it('loses no mail when the server went away between two', async () => {
      await world.sender.send(anEmail(), patient());
      await world.goAway();
      await world.comeBack();
      await world.sender.send(anEmail(), patient());
      expect(world.arrived()).toHaveLength(2);
    });

    it('hands a mail over and leaves the answer for later when the signal says so', async () => {
      world.goSilent();
      const failure = await world.sender.send(anEmail(), AbortSignal.timeout(500)).catch((error: unknown) => error);
      if (!(failure instanceof DeliveryUnanswered)) throw new Error('it was answered', { cause: failure });
      expect(world.arrived()).toHaveLength(1);
      expect(world.sender.isHeldUp('ada@example.test')).toBe(true);
      expect(world.sender.isHeldUp('eve@example.test')).toBe(false);
      world.sender.stopWaiting();
      await expect(failure.answer).rejects.toThrow(DeliveryUnknown);
    });

    it('does not know what became of a mail whose answer got lost', async () => {
      world.loseAnswers();
      await expect(world.sender.send(anEmail(), patient())).rejects.toThrow(DeliveryUnknown);
      expect(world.arrived()).toHaveLength(1);
    });

    it('never repeats the address in what it throws', async () => {
      world.refuseRecipient('gone@example.test', 'for good');
      const failure = world.sender.send(anEmail({ to: 'gone@example.test' }), patient());
      await expect(failure).rejects.not.toThrow(/gone@/);
    });
  });
}
