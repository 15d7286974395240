import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../../auth/require-key-type.decorator';
import { namedBucket } from '../../buckets/named-bucket';
import type { LeanResponse } from '../../common/http/lean-messages';
import { mapped, sendPaced } from '../../common/http/paced-answer';
import type { YieldTurn } from '../../common/http/yield';
import type { Actor } from '../../common/audit-event';
import { AFTER_AND_OFFSET } from '../../common/errors';
import { CONDITION_ERRORS } from '../conditions/condition.errors';
import { Documented } from '../../common/openapi/openapi';
import { NewestFirstQuery, Pagination } from '../../common/pagination';
import { CurrentRetry, type Retry } from '../../idempotency/current-retry.decorator';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import { isoTime } from '../../common/times';
import { namedSource } from '../../sources/named-source';
import { DEFAULT_COOLDOWN_MINUTES } from './alert-docs';
import { AlertPath, CreateAlertBody, UpdateAlertBody } from './alerts.dto';
import * as errors from './alerts.errors';
import { AlertsService } from './alerts.service';
import * as views from './alerts.views';
import { AlertEventView, AlertHistory } from './history.views';
import { RuleReader } from './rule-reader';

const OF_RULE = [errors.ALERT_RULE_NOT_FOUND];

/** Rules that tell when data is not as it should be. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly reader: RuleReader,
  ) {}

  @Post()
  @Documented({
    id: 'createAlertRule',
    summary: 'Create an alert rule',
    description:
      'It judges each point of its data source from now on. The webhook secret is in this reply only. Without a `webhookUrl` ' +
      'nothing is sent: the rule is seen in the API alone.',
    status: 201,
    answer: views.AlertCreated,
    refusals: [...errors.OF_NAMED_SOURCES, ...CONDITION_ERRORS, ...errors.OF_URLS, errors.TOO_MANY_RULES],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Body() body: CreateAlertBody,
    @CurrentRetry({ of: 'alertRule' }) retry: Retry | undefined,
  ): Promise<views.AlertCreated> {
    const { name, condition, webhookUrl = null, headers, repeatMinutes = null } = body;
    const { cooldownMinutes = DEFAULT_COOLDOWN_MINUTES } = body;
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const dataSourceId = namedSource(key, body.dataSourceId);
    const wanted = { dataSourceId, name, condition, webhookUrl, headers, cooldownMinutes, repeatMinutes };
    const created = await this.alerts.create(by, key, bucketId, { ...wanted, retry });
    return { message: 'Alert rule created successfully', alertRule: new views.NewAlertRuleView(created, key) };
  }

  @Get(':alertId')
  @Documented({
    id: 'getAlertRule',
    summary: 'Get an alert rule, and where it stands',
    status: 200,
    answer: views.AlertReply,
    refusals: OF_RULE,
  })
  @RequireAnyKey({ bound: 'source' })
  async get(@CurrentKey() key: CurrentApiKey, @Param() { alertId }: AlertPath): Promise<views.AlertReply> {
    return { alertRule: new views.AlertRuleView(await this.reader.get(key, alertId), key) };
  }

  @Patch(':alertId')
  @Documented({
    id: 'updateAlertRule',
    summary: 'Change, pause or resume an alert rule',
    description:
      'Changes what is given. A rule whose condition changes in meaning, or that is paused or resumed, starts over, `ok`: if it ' +
      'fired, `alert.resolved` is sent with a `reason`. Any other change, the same condition in other words too, keeps the state. ' +
      'Another URL is posted to at once, also where the one before was gone. `"webhookUrl": null` removes the URL and the headers: ' +
      'what waits is not sent.',
    status: 200,
    answer: views.AlertUpdated,
    refusals: [...OF_RULE, ...CONDITION_ERRORS, ...errors.OF_URLS],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @Body() { name, condition, webhookUrl, headers, cooldownMinutes, repeatMinutes, status }: UpdateAlertBody,
  ): Promise<views.AlertUpdated> {
    const changes = { name, condition, webhookUrl, headers, cooldownMinutes, repeatMinutes, status };
    const changed = await this.alerts.update(by, key, alertId, changes);
    return { message: 'Alert rule updated successfully', alertRule: new views.AlertRuleView(changed, key) };
  }

  @Delete(':alertId')
  @HttpCode(200)
  @Documented({
    id: 'deleteAlertRule',
    summary: 'Delete an alert rule',
    description:
      'With its history, and with what waits to be delivered. If it fired, `alert.resolved` is sent with the reason `deleted`.',
    status: 200,
    answer: views.AlertDeleted,
    refusals: OF_RULE,
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
  ): Promise<views.AlertDeleted> {
    const { id, name } = await this.alerts.remove(by, key, alertId);
    return { message: 'Alert rule deleted successfully', deletedAlertRule: { _id: id, name } };
  }

  @Get(':alertId/history')
  @Documented({
    id: 'listAlertHistory',
    summary: 'List when an alert rule was triggered and resolved',
    description: 'Newest first. It is kept for a year.',
    status: 200,
    answer: AlertHistory,
    refusals: [...OF_RULE, AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async history(
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @Query() page: NewestFirstQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [events, total, hasMore] = await this.reader.history(key, alertId, page, yieldTurn);
    const history = mapped(events, (event) => new AlertEventView(event));
    await sendPaced(response, { history, pagination: new Pagination(page, total, events.length, hasMore) }, yieldTurn);
  }

  @Post(':alertId/rotate-secret')
  @HttpCode(200)
  @Documented({
    id: 'rotateAlertSecret',
    summary: 'Get a new webhook secret',
    description: 'For 24 hours deliveries are signed with both, so that the receiver can change over in peace.',
    status: 200,
    answer: views.SecretRotated,
    refusals: OF_RULE,
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async rotateSecret(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @CurrentRetry({ of: 'alertRule' }) retry: Retry | undefined,
  ): Promise<views.SecretRotated> {
    const { secret, until } = await this.alerts.rotateSecret(by, key, alertId, retry);
    return {
      message: 'Webhook secret rotated successfully',
      webhookSecret: secret,
      previousSecretValidUntil: isoTime(until),
    };
  }
}
