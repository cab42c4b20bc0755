/** A guard against texts that are not constants; a service has some forty. */
const MAX_STATEMENTS = 200;

const names = new Map<string, string>();

/**
 * The name under which a statement is prepared, so that PostgreSQL reads and plans it once for each connection instead of
 * each time; undefined when there are too many already.
 */
export function preparedName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
  const name = `s${names.size + 1}`;
  names.set(text, name);
  return name;
}
