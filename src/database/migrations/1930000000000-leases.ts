import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which instance does what only one does at a time. */
export class Leases1930000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'leases',
        columns: [
          { name: 'name', type: 'varchar', length: '60', isPrimary: true },
          { name: 'holder', type: 'varchar', length: '24' },
          { name: 'expires_at', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('leases');
  }
}
