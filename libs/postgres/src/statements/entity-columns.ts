import { getMetadataArgsStorage } from 'typeorm';
import type { EntityClass } from '../connection/data-source-options';

/** A column of a table: its name, the type in casts, and what JavaScript has for its values. */
export interface Column<Value> {
  readonly name: string;
  readonly type: string;
  /** Never there; it tells TypeScript of the values. */
  readonly value?: Value;
}

type Entity<Row> = EntityClass & { readonly prototype: Row };

/**
 * The columns of an entity, by property: all but those that PostgreSQL computes, unless named. Read from the decorators, so it is
 * there as soon as the class is.
 * @throws TypeError when a property is no column.
 */
export function columnsOf<Row, Property extends keyof Row & string>(
  entity: Entity<Row>,
  ...properties: readonly Property[]
): { readonly [Name in Property]: Column<Row[Name]> } {
  const known = declaredColumns(entity);
  const wanted: readonly string[] =
    properties.length > 0 ? properties : [...known].filter(([, { computed }]) => !computed).map(([name]) => name);
  const columns = wanted.map((property) => {
    const column = known.get(property);
    if (column === undefined) throw new TypeError(`${entity.name} has no column ${property}`);
    return [property, { name: column.name, type: column.type }];
  });
  return Object.fromEntries(columns) as { readonly [Name in Property]: Column<Row[Name]> };
}

/**
 * What stands between SELECT and FROM, or behind RETURNING, so that rows have the properties of an entity:
 * `"order_id" AS "orderId", "status"`.
 */
export function selectList<Row>(entity: Entity<Row>, ...properties: readonly (keyof Row & string)[]): string {
  return Object.entries<Column<unknown>>(columnsOf(entity, ...properties))
    .map(([property, { name }]) => (property === name ? quoted(name) : `${quoted(name)} AS ${quoted(property)}`))
    .join(', ');
}

/** Column names may be words of SQL: `offset`. */
export function quoted(name: string): string {
  return `"${name}"`;
}

function declaredColumns(entity: EntityClass) {
  const columns = getMetadataArgsStorage().columns.filter(({ target }) => target === entity);
  return new Map(
    columns.map(({ propertyName, options }) => {
      const { name = propertyName, type, array = false, generatedType } = options;
      return [
        propertyName,
        { name, type: `${String(type)}${array ? '[]' : ''}`, computed: generatedType !== undefined },
      ];
    }),
  );
}
