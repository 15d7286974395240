import { refusal } from '../common/errors';

export const ONLY_ADMIN_READS_AUDIT_LOG = refusal(403, 'Only Admin keys can read the audit log');
