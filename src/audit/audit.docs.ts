import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import { AUDIT_EXAMPLE, AuditList } from './audit.dto';

/** The audit log, as the API's description shows it. */
export const docs = {
  list: {
    id: 'listAuditEvents',
    summary: 'List audit events: who did what, when and from where',
    description:
      'Creations, changes, rotations and deletions, requests that were denied, and commands of the operator. Newest first. ' +
      'Events never contain a secret. Repeated denials are counted in one later event with `times`.',
    status: 200,
    answer: AuditList,
    refusals: [AFTER_UNKNOWN, AFTER_AND_OFFSET],
    example: AUDIT_EXAMPLE,
  },
} satisfies Readonly<Record<string, OperationDocs>>;
