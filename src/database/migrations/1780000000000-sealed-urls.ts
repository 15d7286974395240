import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

const PLAIN = new TableColumn({ name: 'url', type: 'varchar', length: '2000' });
const SEALED = new TableColumn({ name: 'url', type: 'text' });
const POSTGRES_TYPE = (type: string) => `ALTER TABLE webhooks ALTER COLUMN url TYPE ${type}`;

/** Room for sealed URLs, which are longer than the URLs themselves. The server seals what is there at its start. */
export class SealedUrls1780000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // There TypeORM would drop the column and make it again.
    if (runner.connection.options.type === 'postgres') await runner.query(POSTGRES_TYPE('text'));
    else await runner.changeColumn('webhooks', 'url', SEALED);
  }

  /** Fails on PostgreSQL while there are sealed URLs, which do not fit. */
  async down(runner: QueryRunner): Promise<void> {
    if (runner.connection.options.type === 'postgres') await runner.query(POSTGRES_TYPE('varchar(2000)'));
    else await runner.changeColumn('webhooks', 'url', PLAIN);
  }
}
