import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets entries of the audit trail carry what their step knows. Nothing is added to the entries and orders there are, nor to those of
 * replicas of the version before: they are hashed as they always were. Going back loses the details, and what was hashed with them
 * cannot be verified any more.
 */
export class AddAuditDetails1767300000000 implements MigrationInterface {
  readonly name = 'AddAuditDetails1767300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_events ADD details text');
    await runner.query(
      'ALTER TABLE orders ADD user_salt text, ADD customer_reason text, ADD customer_reason_salt text',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP customer_reason_salt, DROP customer_reason, DROP user_salt');
    await runner.query('ALTER TABLE order_events DROP details');
  }
}
