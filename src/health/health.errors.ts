import { refusal } from '../common/errors';

export const DATABASE_SILENT = refusal(503, 'The database does not answer');
