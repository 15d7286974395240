import { onlyAdminKeysCan } from '../auth/access.errors';
import { refusal } from '../common/errors';

export { SOURCE_NOT_FOUND } from '../buckets/buckets.errors';

export const SOURCE_ID_REQUIRED = refusal(400, 'data_source_id_required', 'dataSourceId is required');
/** Deleting a data source with points requires the right to delete data. */
export const ONLY_ADMIN_DELETES_DATA = onlyAdminKeysCan('delete data');
export const TOO_MANY_SOURCES = refusal(
  409,
  'data_source_limit_reached',
  'A bucket can have <most> data sources, and this one has them all',
);
export const NO_ROOM_FOR_SOURCES = refusal(
  409,
  'data_source_limit_reached',
  'A bucket can have <most> data sources: there is room for <room> more',
);
export const FIELD_TYPE_KEPT = refusal(
  409,
  'field_has_points',
  'The type of <field> cannot be changed while the data source has points',
);
export const FIELD_KEPT = refusal(
  409,
  'field_has_points',
  'The field <field> cannot be removed while the data source has points',
);
export const FIELD_WATCHED = refusal(
  409,
  'field_has_alert_rule',
  'The field <field> cannot be removed or change its type while an alert rule uses it',
);
export const UNIT_WATCHED = refusal(
  409,
  'field_has_alert_rule',
  'The unit of <field> cannot be changed while an alert rule uses it',
);
export const FIELD_UNKNOWN = refusal(400, 'unknown_field', 'The data source has no field <field>');
