export interface Page<T> {
  readonly rows: readonly T[];
  /** Whether there are more behind the last row. */
  readonly more: boolean;
}

/** @param rows one more than are shown, if there are so many. */
export function pageOf<T>(rows: readonly T[], limit: number): Page<T> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
