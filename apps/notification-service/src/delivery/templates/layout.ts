import { html, type Html } from './html';
import type { ItemLine, ShortLine, Tone, Wording } from './templates';

/** How a mail names its order. */
export interface OrderReference {
  readonly orderId: string;
  /** Not known of orders that are older than their numbers. */
  readonly orderNumber: string | undefined;
}

/** A mail in plain text. */
export function plainText(wording: Wording, reference: OrderReference): string {
  const { headline, lead, items, short = [], amounts, next } = wording;
  const lines = [...items.map(itemInText), ...amounts.map(([name, value]) => `${name}: ${value}`)];
  return `${headline}

${lead}
${short.length === 0 ? '' : `\n${short.map(shortInText).join('\n')}\n`}
${lines.join('\n')}

What happens next
${next}

Need help?
${helpFor(reference)}

----
${smallPrint(reference)}`;
}

function itemInText({ name, quantity, price, total }: ItemLine): string {
  return `${quantity} x ${name}: ${quantity === 1 ? total : `${total} (${price} each)`}`;
}

function shortInText({ name, what }: ShortLine): string {
  return `- ${name}: ${what}`;
}

function helpFor({ orderNumber, orderId }: OrderReference): string {
  const named = orderNumber === undefined ? `order ID, ${orderId}` : `order number, ${orderNumber}`;
  return `Reply to this email and mention your ${named}.`;
}

function smallPrint({ orderNumber, orderId }: OrderReference): string {
  const number = orderNumber === undefined ? '' : `Order number ${orderNumber}. `;
  return `${number}Order ID ${orderId}. This email was sent automatically because of your order.`;
}

const ACCENTS: Readonly<Record<Tone, string>> = { good: '#1a8754', neutral: '#2b6cb0', bad: '#c2410c' };

const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const TEXT = `${FONT};font-size:16px;line-height:24px;color:#1d232b`;
const SMALL = `${FONT};font-size:13px;line-height:20px;color:#5b6472`;
const TABLE = html`role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`;

/** For mail programs that know dark mode. All others, and those that drop it, have the colours of the elements. */
const DARK = `@media (prefers-color-scheme:dark){
.page{background:#111418!important}
.card{background:#1c2128!important;border-color:#343b45!important}
.text{color:#e6e9ee!important}
.muted{color:#a3adba!important}
.line{border-color:#343b45!important}
.box{background:#262c35!important}
}`;

/** A mail for programs that show HTML: tables, styles at the elements, and nothing that has to be fetched. */
export function htmlPage(wording: Wording, reference: OrderReference): Html {
  const { tone, subject, headline, lead, next } = wording;
  const inText = (text: string): Html => unbroken(text, reference);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>${DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f2f4f7">
<table class="page" ${TABLE} style="background:#f2f4f7"><tr><td align="center" style="padding:24px 12px">
<table class="card" ${TABLE} style="max-width:560px;background:#ffffff;border:1px solid #dfe3e8;border-radius:6px">
<tr><td style="height:4px;line-height:4px;font-size:0;background:${ACCENTS[tone]};border-radius:5px 5px 0 0">&nbsp;</td></tr>
<tr><td class="text" style="padding:26px 28px 0;${TEXT}">
<h1 class="text" style="margin:0 0 12px;font-size:22px;line-height:28px;font-weight:600;color:#1d232b">${headline}</h1>
<p style="margin:0">${inText(lead)}</p>
</td></tr>
${numberBox(reference)}<tr><td style="padding:16px 28px 0">
<table ${TABLE}>
${shortRows(wording)}${itemRows(wording)}${amountRows(wording)}</table>
</td></tr>
${section('What happens next', inText(next))}${section('Need help?', inText(helpFor(reference)))}<tr><td style="height:28px;line-height:28px;font-size:0">&nbsp;</td></tr>
</table>
<table ${TABLE} style="max-width:560px">
<tr><td class="muted" style="padding:16px 28px;${SMALL}">${inText(smallPrint(reference))}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

function numberBox({ orderNumber }: OrderReference): Html {
  if (orderNumber === undefined) return html``;
  return html`<tr><td style="padding:20px 28px 0">
<table ${TABLE}><tr><td class="box" style="padding:12px 16px;background:#f2f4f7;border-radius:4px">
<span class="muted" style="${SMALL}">Order number</span><br>
<strong class="text" style="${TEXT};font-size:20px;letter-spacing:1px">${orderNumber}</strong>
</td></tr></table>
</td></tr>
`;
}

/** A product's name may be written from right to left; what stands around it is not. */
function itemRows({ items }: Wording): readonly Html[] {
  return items.map(
    ({ name, quantity, price, total }) => html`<tr>
<td class="text line" valign="top" style="padding:10px 12px 10px 0;border-bottom:1px solid #dfe3e8;${TEXT}">
<bdi>${name}</bdi><br>
<span class="muted" style="${SMALL}">${quantity} &times; ${price}</span></td>
<td class="text line" valign="top" align="right" style="padding:10px 0;border-bottom:1px solid #dfe3e8;${TEXT};white-space:nowrap">
${total}</td>
</tr>
`,
  );
}

function shortRows({ short = [] }: Wording): readonly Html[] {
  return short.map(
    ({ name, what }) => html`<tr>
<td class="text line" colspan="2" style="padding:10px 0;border-bottom:1px solid #dfe3e8;${TEXT}">
<bdi>${name}</bdi><br>
<span class="muted" style="${SMALL}">${what}</span></td>
</tr>
`,
  );
}

function amountRows({ amounts }: Wording): readonly Html[] {
  return amounts.map(
    ([name, value]) => html`<tr>
<td class="text" style="padding:10px 12px 0 0;${TEXT};font-weight:600">${name}</td>
<td class="text" align="right" style="padding:10px 0 0;${TEXT};font-weight:600;white-space:nowrap">${value}</td>
</tr>
`,
  );
}

function section(title: string, text: Html): Html {
  return html`<tr><td class="text" style="padding:22px 28px 0;${TEXT}">
<p style="margin:0 0 4px;font-weight:600">${title}</p>
<p style="margin:0">${text}</p>
</td></tr>
`;
}

/** Our own text, in which no line ends within the number of the order. */
function unbroken(text: string, { orderNumber }: OrderReference): Html {
  if (orderNumber === undefined) return html`${text}`;
  const [first = '', ...rest] = text.split(orderNumber);
  const number = html`<span style="white-space:nowrap">${orderNumber}</span>`;
  return html`${first}${rest.map((after) => html`${number}${after}`)}`;
}
