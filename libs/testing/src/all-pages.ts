/** What one page of a list gives. */
export interface ListPage<Item, Cursor> {
  readonly items: readonly Item[];
  /** Where the list goes on; absent at its end. */
  readonly next: Cursor | undefined;
}

/**
 * Everything that a list gives, page after page, as it gives it.
 * @throws when the list has not ended after `most` pages.
 */
export async function allPages<Item, Cursor>(
  page: (before: Cursor | undefined) => Promise<ListPage<Item, Cursor>>,
  most: number,
): Promise<Item[]> {
  const found: Item[] = [];
  let before: Cursor | undefined;
  for (let number = 0; number < most; number += 1) {
    const { items, next } = await page(before);
    found.push(...items);
    if (next === undefined) return found;
    before = next;
  }
  throw new Error(`the list has no end within ${most} pages`);
}
