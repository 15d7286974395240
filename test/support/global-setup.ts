import setUpPostgres from './postgres-setup';
import setUpSqlite from './sqlite-setup';
import { ON_POSTGRES } from './test-database';

/** For one database. `jest.rounds.config.js` names the set-up of each round, since jest calls the same file only once. */
export default ON_POSTGRES ? setUpPostgres : setUpSqlite;
