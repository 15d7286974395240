import { refusal } from '../common/errors';

export const ONLY_ADMIN_SEES_ORGANIZATION = refusal(403, 'Only Admin keys can access organization analytics');
