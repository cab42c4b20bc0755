import type { Shortage } from '../../domain/shortage';
import type { ShortLine } from './templates';
import { onOneLine } from './wording';

/** An SMS is one message up to this many characters. */
const SMS_LENGTH = 160;
const NAME_IN_SMS = 30;

/** Why an order was cancelled, after "because": a product that is not sold will not come back, one that is short may. */
export function reasonInWords(shortages: readonly Shortage[]): string {
  const strangers = shortages.filter(isUnknown).length;
  if (strangers === 0) return 'not everything you ordered is in stock';
  return strangers === shortages.length
    ? 'we do not sell everything you ordered'
    : 'not everything you ordered is available';
}

export function linesOf(shortages: readonly Shortage[]): ShortLine[] {
  return shortages.map((shortage) => ({ name: nameOf(shortage), what: whatIsLeft(shortage) }));
}

/** As many of the products as fit into one message behind `before` and a full stop, and how many more there are. */
export function shortagesInSms(shortages: readonly Shortage[], before: string): string {
  let fitting = '';
  for (let count = 1; count <= shortages.length; count += 1) {
    const more = shortages.length - count;
    const named = shortages.slice(0, count).map((one) => `${shortened(nameOf(one))} (${inFewWords(one)})`);
    const text = `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
    if (before.length + text.length + 1 > SMS_LENGTH) break;
    fitting = text;
  }
  return fitting;
}

function isUnknown({ reason }: Shortage): boolean {
  return reason === 'unknown_product';
}

function nameOf({ name, productId }: Shortage): string {
  return onOneLine(name ?? productId);
}

function whatIsLeft(shortage: Shortage): string {
  const { requested, available } = shortage;
  if (isUnknown(shortage)) return 'We do not sell this product.';
  if (available === 0) return `Out of stock. You ordered ${requested}.`;
  return `${available} of ${requested} ${available === 1 ? 'is' : 'are'} available.`;
}

function inFewWords(shortage: Shortage): string {
  const { requested, available } = shortage;
  if (isUnknown(shortage)) return 'not sold by us';
  return available === 0 ? 'out of stock' : `${available} of ${requested} available`;
}

/** Three dots: one character of an ellipsis would cost the message half of its length. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= NAME_IN_SMS
    ? name
    : `${characters
        .slice(0, NAME_IN_SMS - 3)
        .join('')
        .trimEnd()}...`;
}
