import { loopback } from './ports.ts';

/** Who has every right, and the database of all four services. */
export const superuser = 'admin';
export const databaseName = 'microservices_db';

/** Development passwords equal the names (see init-db.sql). */
export function postgresUrl(port: number, role = superuser, database = databaseName): string {
  return `postgres://${role}:${role}@${loopback}:${String(port)}/${database}`;
}

export function serviceUrl(port: number): string {
  return `http://${loopback}:${String(port)}`;
}
