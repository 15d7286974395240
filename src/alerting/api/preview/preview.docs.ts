/** OpenAPI texts of the preview route. */
import type { OperationDocs } from '../../../common/openapi/openapi';
import { TIMES_REVERSED } from '../../../query/query.errors';
import { CONDITION_ERRORS } from '../../conditions/condition.errors';
import { OF_NAMED_SOURCES } from '../alerts.errors';
import { PreviewReply } from './preview.dto';

export const PREVIEW: OperationDocs = {
  id: 'previewAlertRule',
  summary: 'Preview when a condition would have fired',
  description:
    'Evaluates the stored points in `[startTime, endTime)`: when the condition was met, the extreme value in each interval, and ' +
    'the notifications that the rule would have sent. Nothing is stored or sent.',
  status: 200,
  answer: PreviewReply,
  refusals: [...OF_NAMED_SOURCES, ...CONDITION_ERRORS, TIMES_REVERSED],
};
