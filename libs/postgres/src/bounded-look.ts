/**
 * How many rows are looked at for one page. A filter that hardly any row passes would have the whole table read otherwise; with
 * it a page is shorter than asked for, or empty, and the list goes on behind it.
 */
export const LOOKED_AT = 10_000;

/** A part of a table that an index has in the order of the list, and what is wanted of it. All texts are SQL. */
export interface Look {
  readonly table: string;
  /** The unique column in whose order, downwards, the list is; the last one of the index. */
  readonly key: string;
  /** The column before it in the index, when the list is about one value of it. */
  readonly of?: { readonly column: string; readonly value: string } | undefined;
  /** The page begins below this key. */
  readonly before?: string | undefined;
  /** Other conditions that the index answers: columns before these, or what a partial index has. */
  readonly scope?: readonly string[];
  /** Conditions that are tried on one row after the other. */
  readonly wanted: readonly string[];
}

/**
 * SQL for the keys of one page, newest first: with conditions to be tried, of the {@link LOOKED_AT} newest rows of the look alone.
 * @param limit SQL, too.
 */
export function boundedLook(look: Look, limit: string): string {
  const { key, wanted } = look;
  if (wanted.length === 0) return `SELECT ${key} ${rowsOf(look)} LIMIT ${limit}`;
  return `SELECT ${key} FROM (${allLookedAt(look)}) AS looked_at WHERE ${wanted.join(' AND ')} ${orderOf(look)} LIMIT ${limit}`;
}

/** SQL for all rows that a look may try, with all of their columns. */
export function allLookedAt(look: Look): string {
  return `SELECT * ${rowsOf(look)} LIMIT ${LOOKED_AT}`;
}

/** SQL for one row, if there are more than {@link LOOKED_AT}. */
export function oneMore(look: Look): string {
  return `SELECT 1 ${rowsOf(look)} OFFSET ${LOOKED_AT} LIMIT 1`;
}

/** A row of {@link boundedPage}: it has one of the two keys. Whatever is joined to it stands beside. */
export interface PageRow {
  readonly page_key: string | null;
  /** The last key that was looked at. */
  readonly end_key: string | null;
}

/** A part of a list. */
export interface Page<Row> {
  readonly shown: readonly (Row & { readonly page_key: string })[];
  /** The list goes on below this key; absent at its end. */
  readonly next: string | undefined;
}

/**
 * SQL for the keys of one page as {@link boundedLook} gives them, newest first, as {@link PageRow}s. When the page is not full and there
 * may be more behind the look, a last row has the key at which the look ends. Page and end come from one snapshot: with a statement
 * for each, rows that leave or enter the scope in between would move the end, and rows would be skipped or given twice. The end is not
 * looked for when the page is full, or when nothing has to be tried: then a page that is not full is the last one.
 * @param limit SQL, used twice: one more than is shown, which tells whether there is a next page.
 */
export function boundedPage(look: Look, limit: string): string {
  const { key, wanted } = look;
  if (wanted.length === 0) return `SELECT ${key} AS page_key, NULL AS end_key ${rowsOf(look)} LIMIT ${limit}`;
  return `WITH found AS MATERIALIZED (${boundedLook(look, limit)})
    SELECT ${key} AS page_key, NULL AS end_key FROM found
    UNION ALL SELECT NULL, ${key} FROM (SELECT ${key} ${rowsOf(look)} OFFSET ${LOOKED_AT - 1} LIMIT 1) AS last
    WHERE (SELECT count(*) FROM found) < ${limit}
    ORDER BY page_key DESC NULLS LAST`;
}

/**
 * The page that is in the rows of {@link boundedPage}.
 * @param limit how many are shown: one less than were asked for.
 */
export function pageFrom<Row extends PageRow>(rows: readonly Row[], limit: number): Page<Row> {
  const found = rows.filter((row): row is Row & { readonly page_key: string } => row.page_key !== null);
  const shown = found.slice(0, limit);
  if (found.length > limit) return { shown, next: shown.at(-1)?.page_key };
  return { shown, next: rows.find(({ end_key }) => end_key !== null)?.end_key ?? undefined };
}

function rowsOf(look: Look): string {
  const conditions = [...(look.scope ?? []), ...boundsOf(look)];
  return `FROM ${look.table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} ${orderOf(look)}`;
}

/**
 * Written so that no other index than the one that is meant has the order. With `column = value` PostgreSQL would know that an index of the
 * key alone has it, too, and take that one for a frequent value: then it looks through all that is newer than the value's newest row.
 */
function boundsOf({ key, of, before }: Look): string[] {
  if (of === undefined) return before === undefined ? [] : [`${key} < ${before}`];
  const { column, value } = of;
  const upper = before === undefined ? `${column} <= ${value}` : `(${column}, ${key}) < (${value}, ${before})`;
  return [`${column} >= ${value}`, upper];
}

function orderOf({ key, of }: Look): string {
  return `ORDER BY ${of === undefined ? '' : `${of.column} DESC, `}${key} DESC`;
}
