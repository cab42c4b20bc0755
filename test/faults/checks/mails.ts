import type { ReceivedMail } from '../mail-sink.ts';
import type { World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

/** Mails handed over and not yet recorded when a process dies; DELIVERY_CONCURRENCY and a group being committed. */
const IN_HAND = 128;

/** What the world's mail server received, against what the notification service believes to have sent. */
export async function checkMails(world: World): Promise<{ findings: Finding[]; copies: number }> {
  const { mails } = world.sink;
  const sent = await world.database.query<{ id: string }>(
    `SELECT notification_id AS id FROM notifications WHERE status = 'sent' AND channel = 'email'`,
  );
  const received = new Set(mails.map(({ messageId }) => messageId.slice(1).split('@')[0] ?? ''));
  const kinds = Map.groupBy(mails, ({ orderId, kind, recipient }) => `${orderId} ${kind} to ${recipient}`);
  const doubled = [...kinds].flatMap(([what, of]) =>
    new Set(of.map((mail) => mail.messageId)).size > 1 ? [what] : [],
  );
  const copies = mails.length - new Set(mails.map(({ messageId }) => messageId)).size;
  // Each attempt that was counted and was not the last one may have left a copy: its answer was lost, or it was "later".
  const [again] = await world.database.query<{ attempts: number }>(
    `SELECT coalesce(sum(greatest(attempts - 1, 0)), 0)::int AS attempts FROM notifications WHERE channel = 'email'`,
  );
  const interrupted = ((world.cluster.crashes.get('notification-service') ?? 0) + world.mailInterruptions) * IN_HAND;
  const allowed = interrupted + (again?.attempts ?? 0);
  return {
    copies,
    findings: [
      ...finding(
        'I12',
        'mails recorded as sent that nobody received',
        sent.map(({ id }) => id).filter((id) => !received.has(id)),
      ),
      ...finding('I12', 'two different mails of one kind', doubled),
      ...finding('I12', 'a customer heard of the confirmation after the cancellation', late(mails)),
      ...(copies <= allowed ? [] : finding('I12', `${copies} copies of mails, ${allowed} at most`, ['sink'])),
    ],
  };
}

function late(mails: readonly ReceivedMail[]): string[] {
  return [...Map.groupBy(mails, ({ orderId }) => orderId)].flatMap(([orderId, of]) => {
    const cancelled = of.findIndex(({ kind }) => /cancelled/.test(kind));
    const confirmed = of.findIndex(({ kind }) => /confirmed/.test(kind));
    return cancelled >= 0 && confirmed > cancelled ? [orderId] : [];
  });
}
