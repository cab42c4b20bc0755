import { ROLES } from '../roles';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** How this process was started. */
export const settings = {
  role: ROLES.find((role) => role === required('STOCK_ROLE')),
  brokers: required('KAFKA_BOOTSTRAP_SERVERS').split(','),
  databaseUrl: required('DATABASE_URL'),
  port: Number(process.env['PORT']),
  partitionsConsumedConcurrently: Number(required('STOCK_CONCURRENTLY')),
};
