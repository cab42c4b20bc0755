import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@app/events';
import { Client } from 'pg';
import { infrastructureUrls } from './test-infrastructure';

/** A database of a suite's own, with the schema of one service in it. */
export interface TestDatabase {
  /** As the service's role. */
  readonly url: string;
  /** As the superuser; sees everything. */
  readonly adminUrl: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates an empty database on the real PostgreSQL of the integration tier. */
export async function createTestDatabase(service: ServiceName): Promise<TestDatabase> {
  const role = service.replaceAll('-', '_');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const { adminUrl: server } = infrastructureUrls();
  await asAdmin(server, [`CREATE DATABASE ${name}`]);
  const adminUrl = withDatabase(server, name);
  await asAdmin(adminUrl, [`CREATE SCHEMA ${role} AUTHORIZATION ${role}`]);
  const url = new URL(adminUrl);
  url.username = role;
  url.password = role;
  return {
    url: url.toString(),
    adminUrl,
    drop: () => asAdmin(server, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]),
  };
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

async function asAdmin(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
