import type { Body, Query, Reply, Schema } from '../api/types';
import type { CallOptions, Connection, CreateOptions } from '../http/connection';
import { allOf } from '../http/pages';

export type AlertRule = Schema<'AlertRuleView'>;
/** A created rule. The secret that signs its webhooks, in `webhookSecret`, cannot be read again. */
export type CreatedAlertRule = Reply<'createAlertRule'>['alertRule'];
export type NewAlertRule = Body<'createAlertRule'>;
export type AlertRuleChanges = Body<'updateAlertRule'>;
export type AlertRuleQuery = Query<'listAlertRules'>;
export type AlertHistoryQuery = Query<'listAlertHistory'>;
type RuleList = Reply<'listAlertRules'>;

/** Alert rules of a bucket. */
export class Rules {
  constructor(private readonly connection: Connection) {}

  async create(rule: NewAlertRule, options?: CreateOptions): Promise<CreatedAlertRule> {
    const request = { ...options, body: rule };
    return (await this.connection.json<Reply<'createAlertRule'>>('POST', '/api/alerts', request)).alertRule;
  }

  /** One page: by default 100 rules, oldest first. */
  list(bucketId: string, query?: AlertRuleQuery, options?: CallOptions): Promise<RuleList> {
    const path = `/api/buckets/${encodeURIComponent(bucketId)}/alerts`;
    return this.connection.json('GET', path, { ...options, query });
  }

  /** All rules of a bucket. */
  all(
    bucketId: string,
    query: Omit<AlertRuleQuery, 'limit' | 'offset' | 'after' | 'sort'> = {},
    options?: CallOptions,
  ): AsyncGenerator<AlertRule, void, undefined> {
    return allOf<AlertRule, AlertRuleQuery>(query, async (page) => {
      const { alertRules, pagination } = await this.list(bucketId, page, options);
      return { items: alertRules, pagination };
    });
  }

  async get(alertId: string, options?: CallOptions): Promise<AlertRule> {
    return (await this.connection.json<Reply<'getAlertRule'>>('GET', pathOf(alertId), options)).alertRule;
  }

  async update(alertId: string, changes: AlertRuleChanges, options?: CallOptions): Promise<AlertRule> {
    const request = { ...options, body: changes };
    return (await this.connection.json<Reply<'updateAlertRule'>>('PATCH', pathOf(alertId), request)).alertRule;
  }

  delete(alertId: string, options?: CallOptions): Promise<Reply<'deleteAlertRule'>> {
    return this.connection.json('DELETE', pathOf(alertId), options);
  }

  /** When the rule fired and resolved, newest first. One page. */
  history(alertId: string, query?: AlertHistoryQuery, options?: CallOptions): Promise<Reply<'listAlertHistory'>> {
    return this.connection.json('GET', `${pathOf(alertId)}/history`, { ...options, query });
  }

  /** How the server understands a condition. */
  parse(condition: Body<'parseAlertCondition'>, options?: CallOptions): Promise<Reply<'parseAlertCondition'>> {
    return this.connection.json('POST', '/api/alerts/parse', { ...options, body: condition, isRepeatable: true });
  }

  /** When a condition would have been met in a time range. */
  preview(preview: Body<'previewAlertRule'>, options?: CallOptions): Promise<Reply<'previewAlertRule'>> {
    return this.connection.json('POST', '/api/alerts/preview', { ...options, body: preview, isRepeatable: true });
  }
}

function pathOf(alertId: string): string {
  return `/api/alerts/${encodeURIComponent(alertId)}`;
}
