import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** When the server last ran, and the times in which it did not. */
export class ServerPresence1870000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'server_heartbeats',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'at', type: 'bigint' },
          { name: 'wall', type: 'bigint' },
          { name: 'instance', type: 'varchar', length: '24' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'server_absences',
        columns: [
          { name: 'id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'since', type: 'bigint' },
          { name: 'until', type: 'bigint' },
        ],
        indices: [new TableIndex({ name: 'server_absences_by_end', columnNames: ['until', 'id'] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['server_absences', 'server_heartbeats']) await runner.dropTable(table);
  }
}
