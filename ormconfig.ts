import { DataSource } from 'typeorm';
import { readConfig } from './src/common/config/config';
import { databaseOptions } from './src/database/options';
import { ENTITIES } from './src/entities';

/** The DataSource of the typeorm command line: `npm run typeorm -- migration:show`. The server is given the same options. */
export default new DataSource(databaseOptions(readConfig(process.env).database, ENTITIES));
