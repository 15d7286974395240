import { SortField, type ListSort } from '../../common/list-order';
import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { SearchQuery } from '../../common/pagination';
import { ChoiceField, IdField } from '../../common/validation/fields';
import { RULE_STATES, type RuleState } from '../conditions/alert-state';
import { RULE_STATUSES, type RuleStatus } from '../evaluation/alert-rule.entity';

const STATES_SAID = RULE_STATES.map((state) => `'${state}'`);

/** The query string of a list of the alert rules of a bucket. */
export class AlertsQuery extends SearchQuery {
  @IdField('data source ID', EXAMPLE_IDS.dataSource, {
    required: false,
    description: 'Only alert rules of this data source',
  })
  readonly dataSourceId?: string;

  @ChoiceField(
    {
      values: RULE_STATES,
      required: false,
      message: `state must be ${STATES_SAID.slice(0, -1).join(', ')} or ${STATES_SAID.at(-1)}`,
    },
    { description: 'Only alert rules in this state', example: 'triggered' },
  )
  readonly state?: RuleState;

  @ChoiceField(
    { values: RULE_STATUSES, required: false, message: "status must be 'active' or 'paused'" },
    { description: 'Only alert rules with this status', example: 'active' },
  )
  readonly status?: RuleStatus;

  @SortField(['name', 'lastTriggeredAt'])
  readonly sort?: ListSort;
}

/** The query string of a list of the alert rules of all buckets. */
export class AllAlertsQuery extends AlertsQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, { required: false, description: 'Only alert rules of this bucket' })
  readonly bucketId?: string;
}
