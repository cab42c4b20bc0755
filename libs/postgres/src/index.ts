export { allLookedAt, boundedLook, boundedPage, type Look, oneMore, pageFrom, type PageRow } from './bounded-look';
export {
  connection,
  type DatabaseOptions,
  dataSourceOptions,
  migrationOptions,
  PLANNING,
  settingsOf,
} from './connection/data-source-options';
export { guardedClient } from './connection/guarded-client';
export { onSession } from './connection/on-session';
export { isDatabaseUnavailable, isSerializationFailure, sqlState, violatedConstraint } from './database-errors';
export { migrate } from './migrate';
export { PostgresModule } from './postgres.module';
export { CommitOutcomeUnknown, DatabaseSession } from './statements/database-session';
export { columnsOf, selectList } from './statements/entity-columns';
export { queryRows } from './statements/named-rows';
export { oneOf } from './statements/one-of';
export { preparedName } from './statements/prepared-statements';
export { rowSet, type RowSet } from './statements/row-set';
