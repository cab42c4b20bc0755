import { appendFileSync } from 'node:fs';
import { composeMail } from '../../apps/notification-service/src/delivery/mail-composer';
import { SmtpEmailSender } from '../../apps/notification-service/src/delivery/smtp-email.sender';
import { wrap } from '../../test/programs/wrap';

/*
 * The notification service with mails that are composed and counted instead of handed to a mail server: what SMTP costs is
 * measured on its own. The count is written when the process ends, a line for each process.
 */
let counted = 0;

wrap(SmtpEmailSender, 'send', (_original, [message], self) => {
  const { options, clock } = self as { options: Parameters<typeof composeMail>[1]; clock: { now(): Date } };
  composeMail(message as Parameters<typeof composeMail>[0], options, clock.now());
  counted += 1;
  return Promise.resolve('counted');
});

process.on('exit', () => {
  const file = process.env['BENCH_MAILS_FILE'];
  if (file !== undefined) appendFileSync(file, `${counted}\n`);
});

await import('../../apps/notification-service/src/main');
