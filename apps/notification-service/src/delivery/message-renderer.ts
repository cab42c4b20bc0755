import type { NotificationChannel, NotificationType } from '@app/events';
import Handlebars from 'handlebars';
import type { Facts } from '../domain/announcement';
import { HTML_LAYOUT, TEMPLATES, type Template } from './templates/templates';
import { amountInWords, CANCELLATION_WORDS, onOneLine, PAYMENT_FAILURE_WORDS } from './templates/wording';

/** What a customer reads. */
export interface RenderedMessage {
  readonly subject: string;
  readonly message: string;
}

/** The same, and the page that most mail programs show instead. */
export interface RenderedMail extends RenderedMessage {
  readonly html: string;
}

interface View {
  readonly orderId: string;
  readonly amount: string;
  readonly reason?: string;
  /** Money had been taken and went back; otherwise only a hold was released. */
  readonly charged?: boolean;
  readonly items?: readonly { readonly name: string; readonly quantity: number; readonly price: string }[];
}

/** The words of our templates. Handlebars wraps each helper it knows anew with each rendering: most of what it would allocate. */
const HELPERS: ReadonlySet<string> = new Set(['each', 'if']);

const engine = Handlebars.create();
for (const helper of Object.keys(engine.helpers)) if (!HELPERS.has(helper)) engine.unregisterHelper(helper);

const compiled = Object.fromEntries(
  Object.entries(TEMPLATES).map(([type, { subject, text, html, sms }]) => [
    type,
    { subject: compileText(subject), text: compileText(text), html: compileHtml(html), sms: compileText(sms) },
  ]),
) as Readonly<Record<NotificationType, Readonly<Record<keyof Template, HandlebarsTemplateDelegate<View>>>>>;

const layout = engine.compile<{ subject: string; content: string; orderId: string }>(HTML_LAYOUT, { strict: true });

/** The words of a notification: subject and plain text of a mail, or a short message. */
export function renderMessage(facts: Facts, orderId: string, channel: NotificationChannel): RenderedMessage {
  const view = viewOf(facts, orderId);
  const template = compiled[facts.type];
  return { subject: template.subject(view), message: channel === 'sms' ? template.sms(view) : template.text(view) };
}

/** A mail, also for programs that show HTML: there everything that is not ours is escaped. */
export function renderMail(facts: Facts, orderId: string): RenderedMail {
  const view = viewOf(facts, orderId);
  const template = compiled[facts.type];
  const subject = template.subject(view);
  const html = layout({ subject, content: template.html(view), orderId });
  return { subject, message: template.text(view), html };
}

function viewOf(facts: Facts, orderId: string): View {
  const view = { orderId, amount: amountInWords(facts.amount, facts.currency) };
  switch (facts.type) {
    case 'order_received':
      return {
        ...view,
        items: facts.items.map(({ name, quantity, price }) => ({
          name: onOneLine(name),
          quantity,
          price: amountInWords(price, facts.currency),
        })),
      };
    case 'payment_failed':
      return { ...view, reason: PAYMENT_FAILURE_WORDS[facts.reason] };
    case 'order_cancelled':
      return { ...view, reason: CANCELLATION_WORDS[facts.reason] };
    case 'payment_refunded':
      return { ...view, charged: facts.method === 'refund' };
    case 'order_paid':
    case 'order_confirmed':
      return view;
    default:
      return facts satisfies never;
  }
}

function compileText(source: string): HandlebarsTemplateDelegate<View> {
  return engine.compile<View>(source, { strict: true, noEscape: true });
}

function compileHtml(source: string): HandlebarsTemplateDelegate<View> {
  return engine.compile<View>(source, { strict: true });
}
