import { SystemClock } from '@app/platform';
import { anEmail, describeEmailSender } from '../../test/email-sender.contract';
import { TestMailServer } from '../../test/mail-server';
import { ProviderUnreachable } from './delivery-errors';
import { SmtpEmailSender } from './smtp-email.sender';

const CODES = { 'for good': 550, 'for now': 451 };

async function open() {
  const server = new TestMailServer();
  await server.start();
  const sender = new SmtpEmailSender(
    {
      url: server.url,
      maxConnections: 2,
      fromAddress: 'orders@example.test',
      fromName: 'Order Service',
      connectionTimeoutMs: 1_000,
      commandTimeoutMs: 500,
      finalAnswerTimeoutMs: 60_000,
      slowAfterMs: 60_000,
    },
    new SystemClock(),
  );
  const refused = new Map<string, number>();
  server.onRecipient = (address) => {
    const code = refused.get(address);
    return code === undefined ? undefined : { code, text: `<${address}> is not welcome` };
  };
  return {
    server,
    sender,
    arrived: () => server.mails.map(({ to, subject, messageId }) => ({ to, subject, messageId })),
    refuseRecipient: (address: string, how: keyof typeof CODES) => void refused.set(address, CODES[how]),
    refuseMails: (how: keyof typeof CODES) => {
      server.onMail = () => ({ code: CODES[how], text: 'not like this' });
    },
    goSilent: () => {
      server.onMail = () => 'take and hang';
    },
    loseAnswers: () => {
      server.onMail = () => 'take and break';
    },
    goAway: () => server.stop(),
    comeBack: () => server.start(),
    close: async () => {
      sender.onApplicationShutdown();
      await server.stop();
    },
  };
}

describeEmailSender('the SMTP sender', open);

describe('the SMTP sender’s connections', () => {
  let world: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.close());

  it('are few and kept', async () => {
    const send = () => world.sender.send(anEmail(), AbortSignal.timeout(5_000));
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 20 }, send));
    expect(world.arrived()).toHaveLength(60);
    expect(world.server.connections).toBeLessThanOrEqual(2);
  });

  it('are given up when the server falls silent, without anybody asking', async () => {
    world.server.onRecipient = () => 'hang';
    await expect(world.sender.send(anEmail(), AbortSignal.timeout(10_000))).rejects.toThrow(ProviderUnreachable);
  });

  it('count as an outage when the server takes no mails from us at all', async () => {
    world.server.onRecipient = () => ({ code: 421, text: 'closing' });
    await expect(world.sender.send(anEmail(), AbortSignal.timeout(5_000))).rejects.toThrow(ProviderUnreachable);
  });
});
