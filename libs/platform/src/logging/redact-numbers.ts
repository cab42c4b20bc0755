/** What stands in place of a removed value. */
export const REDACTED = '[redacted]';

/** Digits, at once or in groups, that could be a card number with something before or behind it. */
const DIGIT_GROUPS = /(?<![\w.-])\d[\d -]{11,}\d(?![\w-])/g;
/** Most digits of a number with an IIN (ISO/IEC 7812), and fewest that are in use. */
const [FEWEST_DIGITS, MOST_DIGITS] = [13, 19];
/** First digits of payment cards. A number of microseconds since 1970 begins with 1, which is no bank's. */
const ISSUER = /^(?:[3-6]|2[2-7]|8[12])/;
const UUID_OF_DIGITS = /\b\d{8}(?:-\d{4}){3}-\d{12}\b/;
/** ISO 13616, at once or in groups of four. */
const IBAN = /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/g;
const FEWEST_OF_IBAN = 15;
/** With its plus (E.164), grouped or not. */
const INTERNATIONAL_PHONE = /(?<![\w.+])\+[1-9](?:[ ()./\u00A0-]{0,2}\d){6,14}(?!\d)/g;
/**
 * Without a plus a number could be anything. These are taken for telephones: (555) 010-4477, 555-010-4477, 0049 170 1234567 and
 * 0170 1234567.
 */
const LOCAL_PHONE =
  /(?:\((?<![\w.,:/+-]\()[2-9]\d\d\) ?\d{3}-|[2-9](?<![\w.,:/+-].)\d\d-\d{3}-|0(?<![\w.,:/+-]0)(?:0[1-9]\d{0,2}[ /-]\d[\d /-]{1,8}|[1-9]\d{1,3}[ /]\d{1,4}))\d{4}(?![\w-])/g;
/** Any number right behind a word that says what it is, unless it is a date. */
const NAMED_PHONE =
  /((?<![a-z])(?:phone|tel|telephone|mobile|msisdn|fax|sms)(?:[ _]?(?:number|no\.?|to))?["']?\s{0,3}[:=]?\s{0,3}["']?)(?!\d{4}-\d\d-\d\d)\(?\d[\d ()./-]{5,16}\d(?![\w-])/gi;
/** Seven digits with no more than is written between those of a number; without them there is nothing to find. */
const MANY_DIGITS = /\d(?:[ ()/-]{0,2}\d){6}/;

/**
 * Card numbers (13 to 19 digits, as people group them; issuer and check digit decide), IBANs (the check digits decide) and telephone
 * numbers. What is left alone: UUIDs, times, amounts, offsets, and other numbers without a plus that no word calls a telephone.
 */
export function redactNumbers(text: string): string {
  const result = text.includes('+') ? text.replace(INTERNATIONAL_PHONE, REDACTED) : text;
  if (!MANY_DIGITS.test(result)) return result;
  return result
    .replace(IBAN, withoutIban)
    .replace(DIGIT_GROUPS, withoutCards)
    .replace(LOCAL_PHONE, REDACTED)
    .replace(NAMED_PHONE, `$1${REDACTED}`);
}

/** A number may have others before and behind it, an expiry date for one: it begins and ends where groups do. */
function withoutCards(text: string): string {
  if (UUID_OF_DIGITS.test(text)) return text;
  const parts = text.split(/([ -]+)/);
  for (let start = 0; start < parts.length; start += 2) {
    const end = endOfCard(parts, start);
    if (end !== undefined) parts.splice(start, end - start + 1, REDACTED);
  }
  return parts.join('');
}

/** Groups and what is between them take turns. @returns the index of the last group of a card number that begins at `start`. */
function endOfCard(parts: readonly string[], start: number): number | undefined {
  let digits = '';
  let found: number | undefined;
  for (let index = start; index < parts.length; index += 2) {
    digits += parts[index] ?? '';
    if (digits.length > MOST_DIGITS) return found;
    if (isCardNumber(digits)) found = index;
    // People write groups of four and more; only the last one may be shorter.
    if ((parts[index] ?? '').length < 4 || parts[index + 1]?.length !== 1) return found;
  }
  return found;
}

function isCardNumber(digits: string): boolean {
  return digits.length >= FEWEST_DIGITS && ISSUER.test(digits) && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** Words in capitals may follow: the number ends where a group ends. */
function withoutIban(text: string): string {
  for (let end = text.length; end >= FEWEST_OF_IBAN; end = text.lastIndexOf(' ', end - 1)) {
    if (passesMod97(text.slice(0, end))) return REDACTED + text.slice(end);
  }
  return text;
}

/** ISO 7064: the check digits of an IBAN. */
function passesMod97(text: string): boolean {
  const iban = text.replaceAll(' ', '');
  if (iban.length < FEWEST_OF_IBAN) return false;
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
