import { SmtpEmailSender } from '../../../apps/notification-service/src/delivery/smtp-email.sender';
import { pass } from './failpoints';
import { wrap } from '../../programs/wrap';

wrap(SmtpEmailSender, 'send', async (original, args) => {
  const messageId = await original(...args);
  pass('between-mail-sent-and-commit');
  return messageId;
});
