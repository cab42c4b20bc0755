import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that are not about an order are numbered by their record key. */
export class NumberEventsByOtherKeys1767400000000 implements MigrationInterface {
  readonly name = 'NumberEventsByOtherKeys1767400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_sequences (
        key text COLLATE "C" PRIMARY KEY,
        last_sequence bigint NOT NULL
      ) WITH (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_sequences');
  }
}
