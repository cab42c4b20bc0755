import { describeEmailSender } from './email-sender.contract';
import { FakeEmailSender } from './fake-email.sender';

describeEmailSender('the mail server in memory', async () =>
  Object.assign(new FakeEmailSender(), { close: () => Promise.resolve() }),
);
