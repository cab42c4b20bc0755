/** A `DataSource` of TypeORM, as far as it is needed here. */
export interface Queries {
  query(sql: string, parameters?: never): Promise<unknown>;
}

/**
 * The same data source, except that `change` is awaited behind each statement sent with `query`: what others commit between two statements.
 * The one that is given stays as it is.
 */
export function afterEachStatement<Source extends Queries>(dataSource: Source, change: () => Promise<unknown>): Source {
  const changed = Object.create(dataSource) as Source;
  changed.query = async (...statement: Parameters<Queries['query']>) => {
    const result = await dataSource.query(...statement);
    await change();
    return result;
  };
  return changed;
}
