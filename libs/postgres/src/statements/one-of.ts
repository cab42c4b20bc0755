/** SQL for a CHECK that allows a column these values alone: `status IN ('pending', 'paid')`. */
export function oneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
}
