import { refusal } from '../common/errors';

export const ONLY_ADMIN_DELETES_DATA = refusal(403, 'Only Admin keys can delete data');
