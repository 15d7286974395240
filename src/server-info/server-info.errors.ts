import { refusal } from '../common/errors';

export const FIRST_ORGANIZATION_REQUIRED = refusal(
  403,
  'first_organization_required',
  'Only Admin keys of the first organization can read the state of the server',
);
