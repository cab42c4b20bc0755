/** HTML that is ready to be sent: what is in it and not ours has been escaped. Only {@link html} makes it. */
class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

export type { Html };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const MARKUP = /[&<>"']/;

/** A template whose values become text, in an element or in an attribute with quotes; those that are {@link Html} stay as they are. */
export function html(
  markup: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let all = markup[0] ?? '';
  values.forEach((value, at) => (all += inHtml(value) + (markup[at + 1] ?? '')));
  return new Html(all);
}

function inHtml(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string')
    return MARKUP.test(value) ? value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '') : value;
  return Array.isArray(value) ? value.join('') : String(value);
}
