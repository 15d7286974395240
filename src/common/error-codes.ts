/**
 * The codes that error replies carry in `X-Error-Code`. A code never changes and is never reused: programs branch on it.
 * `docs/errors.md` has a section for each one, and a test compares the two.
 *
 * Situations that a client must not tell apart share a code, as they share a reply: every reason for a 401, and a bucket
 * that does not exist or belongs to others.
 */
export const ERROR_CODES = [
  // 400: the request as a whole
  'malformed_request',
  'invalid_host_header',
  'path_not_decodable',
  'request_refused',
  // 400: the body's format
  'body_not_json',
  'body_not_object',
  'body_not_utf8',
  'body_not_gzip',
  'body_not_csv',
  'body_incomplete',
  'body_too_deep',
  'body_too_many_values',
  'csv_header_invalid',
  'csv_column_unknown',
  'csv_column_repeated',
  // 400: fields, parameters and headers
  'invalid_field',
  'unknown_property',
  'too_many_query_parameters',
  'unknown_query_parameter',
  'conflicting_fields',
  'bucket_id_required',
  'data_source_id_required',
  'invalid_idempotency_key',
  'after_not_found',
  'filter_too_wide',
  // 400: points
  'invalid_value',
  'required_value_missing',
  'unknown_field',
  'integer_not_exact',
  'invalid_timestamp',
  'timestamp_unit_mismatch',
  'timestamp_in_future',
  'point_expired',
  'invalid_line',
  // 400: queries and alerts
  'invalid_time_range',
  'field_not_numeric',
  'answer_too_large',
  'csv_too_wide',
  'invalid_condition',
  'invalid_webhook',
  // 401 and 403
  'unauthorized',
  'admin_key_required',
  'first_organization_required',
  'read_only_key',
  'write_only_key',
  'address_not_allowed',
  'self_rotation_not_allowed',
  'session_key',
  'session_key_required',
  'data_source_not_accessible',
  'bucket_not_accessible',
  // 404 and 405
  'route_not_found',
  'api_key_not_found',
  'data_source_not_found',
  'alert_rule_not_found',
  'delivery_not_found',
  'method_not_allowed',
  // 408
  'request_timeout',
  // 409 and 422
  'last_admin_key',
  'api_key_replaced',
  'api_key_already_rotated',
  'api_key_expired',
  'api_key_disabled',
  'rotation_limit_reached',
  'api_key_limit_reached',
  'bucket_archived',
  'bucket_limit_reached',
  'data_source_archived',
  'data_source_limit_reached',
  'field_has_points',
  'field_has_alert_rule',
  'metadata_limit_reached',
  'alert_rule_limit_reached',
  'webhook_url_missing',
  'delivery_pending',
  'already_processed',
  'idempotency_key_reused',
  // 413, 415, 417, 429 and 431
  'body_too_large',
  'unsupported_content_type',
  'unsupported_charset',
  'unsupported_content_encoding',
  'expectation_failed',
  'rate_limit_exceeded',
  'headers_too_large',
  // 5xx
  'internal_error',
  'database_damaged',
  'database_unavailable',
  'database_locked',
  'database_file_gone',
  'database_version_mismatch',
  'outcome_unknown',
  'disk_full',
  'too_many_queries',
  'too_many_streams',
  'too_many_large_bodies',
  'too_many_connections',
  'too_many_connections_from_address',
  'server_stopping',
  'not_ready',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where `docs/errors.md` is served. */
export const ERRORS_PAGE_PATH = '/docs/errors';
