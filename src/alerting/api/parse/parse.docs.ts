/** OpenAPI texts of the route that parses conditions. */
import type { OperationDocs } from '../../../common/openapi/openapi';
import { CONDITION_ERRORS } from '../../conditions/condition.errors';
import { OF_NAMED_SOURCES } from '../alerts.errors';
import { ParseReply } from './parse.dto';

export const PARSE: OperationDocs = {
  id: 'parseAlertCondition',
  summary: 'Parse a condition',
  description:
    'Shows how the server understands a condition for a data source. Nothing is stored or evaluated. The 400 for a condition ' +
    'that does not parse says in `details` which part of the text is wrong and what could stand there.',
  status: 200,
  answer: ParseReply,
  refusals: [...OF_NAMED_SOURCES, ...CONDITION_ERRORS],
};
