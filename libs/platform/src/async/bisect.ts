/** How a set of items is done together. */
export interface Bisection<Item> {
  /** Does what is left of some of the items, all or nothing unless `left` says otherwise. */
  readonly together: (items: readonly Item[]) => Promise<void>;
  /** For an item that failed alone, and why. */
  readonly alone: (item: Item, error: unknown) => Promise<void> | void;
  /** Whether one of the items may be the reason. What is nobody's fault is thrown on: halving would only repeat it. */
  readonly isTheirs: (error: unknown) => boolean;
  /** Which of the items that failed together are still to be done; all of them unless told. */
  readonly left?: (items: readonly Item[]) => readonly Item[];
}

/**
 * Does items together, and halves them when that fails, until those that make it fail stand alone: n culprits among m items cost
 * about 2·n·log₂(m) more tries. Items keep their order: the first half is through before the second one begins.
 * @throws whatever `together` throws that is not theirs; items that came before are through then.
 */
export async function bisect<Item>(items: readonly Item[], how: Bisection<Item>): Promise<void> {
  if (items.length === 0) return;
  try {
    await how.together(items);
  } catch (error) {
    if (!how.isTheirs(error)) throw error;
    const left = how.left?.(items) ?? items;
    const [first] = left;
    if (first === undefined) return;
    if (left.length === 1) {
      await how.alone(first, error);
      return;
    }
    const half = Math.ceil(left.length / 2);
    await bisect(left.slice(0, half), how);
    await bisect(left.slice(half), how);
  }
}
