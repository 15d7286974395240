import { AlertCreated, AlertDeleted, AlertUpdated, SecretRotated } from './alerts.views';
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
import { Documented } from '../../common/openapi/openapi';
import { NewestFirstQuery, Pagination } from '../../common/pagination';
import { CurrentRetry, type Retry } from '../../idempotency/current-retry.decorator';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import { isoTime } from '../../common/times';
import { namedSource } from '../../sources/named-source';
import { DEFAULT_COOLDOWN_MINUTES } from './alert-fields';
import { AllAlertsQuery } from './alert-list.dto';
import * as docs from './alerts.docs';
import { AlertPath, CreateAlertBody, UpdateAlertBody } from './alerts.dto';
import { AlertsService, type NewRule } from './alerts.service';
import * as views from './alerts.views';
import { AlertEventView } from './history.views';
import { RuleReader } from './rule-reader';

/** Alert rules. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class AlertsController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly reader: RuleReader,
  ) {}

  @Post()
  @Documented(docs.CREATE)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Body() body: CreateAlertBody,
    @CurrentRetry({ of: 'alertRule' }) retry: Retry | undefined,
  ): Promise<views.AlertCreated> {
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const created = await this.alerts.create(by, key, bucketId, { ...newRuleOf(key, body), retry });
    return { message: AlertCreated.message, alertRule: new views.NewAlertRuleView(created, key) };
  }

  @Get()
  @Documented(docs.LIST_ALL)
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: AllAlertsQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [rules, total, hasMore] = await this.reader.list(key, query, yieldTurn);
    const pagination = new Pagination(query, total, rules.length, hasMore);
    const alertRules = mapped(rules, (rule) => new views.AlertRuleView(rule, key));
    await sendPaced(response, { alertRules, pagination }, yieldTurn);
  }

  @Get(':alertId')
  @Documented(docs.GET)
  @RequireAnyKey({ bound: 'source' })
  async get(@CurrentKey() key: CurrentApiKey, @Param() { alertId }: AlertPath): Promise<views.AlertReply> {
    return { alertRule: new views.AlertRuleView(await this.reader.get(key, alertId), key) };
  }

  @Patch(':alertId')
  @Documented(docs.UPDATE)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @Body() changes: UpdateAlertBody,
  ): Promise<views.AlertUpdated> {
    const changed = await this.alerts.update(by, key, alertId, changes);
    return { message: AlertUpdated.message, alertRule: new views.AlertRuleView(changed, key) };
  }

  @Delete(':alertId')
  @HttpCode(200)
  @Documented(docs.DELETE)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
  ): Promise<views.AlertDeleted> {
    const { id, name } = await this.alerts.remove(by, key, alertId);
    return { message: AlertDeleted.message, deletedAlertRule: { _id: id, name } };
  }

  @Get(':alertId/history')
  @Documented(docs.HISTORY)
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
  @Documented(docs.ROTATE_SECRET)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async rotateSecret(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @CurrentRetry({ of: 'alertRule' }) retry: Retry | undefined,
  ): Promise<views.SecretRotated> {
    const { secret, until } = await this.alerts.rotateSecret(by, key, alertId, retry);
    return {
      message: SecretRotated.message,
      webhookSecret: secret,
      previousSecretValidUntil: isoTime(until),
    };
  }
}

function newRuleOf(key: CurrentApiKey, body: CreateAlertBody): NewRule {
  const { name, condition, webhookUrl = null, headers, repeatMinutes = null } = body;
  const { cooldownMinutes = DEFAULT_COOLDOWN_MINUTES } = body;
  const dataSourceId = namedSource(key, body.dataSourceId);
  return { dataSourceId, name, condition, webhookUrl, headers, cooldownMinutes, repeatMinutes };
}
