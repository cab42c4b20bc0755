import { encodeWords } from 'nodemailer/lib/mime-funcs';
import { DeliveryRejected } from './delivery-errors';
import type { EmailMessage } from './email-sender';

/** Who writes. */
export interface MailOrigin {
  readonly fromAddress: string;
  readonly fromName: string;
}

/** Something is wrong with our own data when an address does not fit this: it could smuggle in a header or a recipient. */
const SAFE_ADDRESS = /^[!#-'*+\-./0-9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const UNSAFE_IN_HEADER = /[\p{Cc}\u2028\u2029]+/gu;
const PLAIN = /^[\t\r\n\x20-\x7e]*$/;
const MAX_LINE = 900;

/**
 * A mail as it goes over the wire (RFC 5322, two alternatives). Written here and not by nodemailer, whose general composer
 * costs as much again as everything else about sending a mail. Deterministic: every attempt of a notification is the same
 * mail with the same Message-ID, apart from its date.
 * @throws DeliveryRejected when the address could be misread.
 */
export function composeMail(message: EmailMessage, { fromAddress, fromName }: MailOrigin, date: Date): string {
  if (!SAFE_ADDRESS.test(message.to)) throw new DeliveryRejected('the address is not one a mail can be sent to');
  const domain = domainOf(fromAddress);
  const boundary = `=_${message.id}`;
  const lines = [
    `Message-ID: ${messageIdOf(message, fromAddress)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `From: ${displayName(fromName)} <${fromAddress}>`,
    `To: ${message.to}`,
    `Subject: ${headerText(message.subject)}`,
    // Mail programs show all mails of one order as one conversation.
    `References: <order-${headerText(message.orderId)}@${domain}>`,
    `X-Order-Id: ${headerText(message.orderId)}`,
    // RFC 3834: no out-of-office notes in return; the second one is what Exchange listens to.
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', message.text),
    ...part(boundary, 'text/html', message.html),
    `--${boundary}--`,
    '',
  ];
  return lines.join('\r\n');
}

/** The same for every attempt, so that a receiver can drop a second copy. */
export function messageIdOf({ id }: Pick<EmailMessage, 'id'>, fromAddress: string): string {
  return `<${id}@${domainOf(fromAddress)}>`;
}

function part(boundary: string, type: string, content: string): string[] {
  const unix = content.includes('\r') ? content.replace(/\r\n/g, '\n') : content;
  const body = unix.replaceAll('\n', '\r\n');
  const plain = PLAIN.test(body) && !hasLongLine(unix);
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    '',
    plain
      ? body
      : (
          Buffer.from(body, 'utf8')
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\r\n'),
  ];
}

function hasLongLine(text: string): boolean {
  for (let begin = 0; begin <= text.length;) {
    const newline = text.indexOf('\n', begin);
    const end = newline === -1 ? text.length : newline;
    if (end - begin > MAX_LINE) return true;
    begin = end + 1;
  }
  return false;
}

/** One line, and in ASCII (RFC 2047). */
function headerText(text: string): string {
  const line = text.replace(UNSAFE_IN_HEADER, ' ').trim();
  return PLAIN.test(line) ? line : encodeWords(line, 'B', 52, true);
}

/** In quotes, unless it has to be encoded: an encoded word must not stand in quotes. */
function displayName(name: string): string {
  const text = headerText(name.replace(/["\\]/g, ''));
  return text.startsWith('=?') ? text : `"${text}"`;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
