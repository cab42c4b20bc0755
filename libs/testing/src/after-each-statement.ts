/** A `DataSource` or a `Repository` of TypeORM, as far as it is needed here. */
export interface Queries {
  query(sql: string, parameters?: never): Promise<unknown>;
}

/**
 * The same source, except that `change` is awaited behind each statement sent with `query`: what others commit between two statements.
 * The one that is given stays as it is.
 */
export function afterEachStatement<Source extends Queries>(source: Source, change: () => Promise<unknown>): Source {
  const changed = Object.create(source) as Source;
  changed.query = async (...statement: Parameters<Queries['query']>) => {
    const result = await source.query(...statement);
    await change();
    return result;
  };
  return changed;
}
