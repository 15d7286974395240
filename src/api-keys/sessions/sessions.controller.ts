import { Body, Controller, Delete, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SESSION_KEY_REQUIRED, SESSION_OPENS_NONE } from '../../auth/access.errors';
import { CurrentActor } from '../../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { KeyRights } from '../../auth/key-rights';
import { Public, RequireAnyKey } from '../../auth/require-key-type.decorator';
import { BucketSummaries } from '../../buckets/bucket-summaries';
import type { Actor } from '../../common/audit-event';
import type { LeanRequest } from '../../common/http/lean-messages';
import { Documented } from '../../common/openapi/openapi';
import type { CreatedKey } from '../key.service';
import { docs } from './sessions.docs';
import { OpenSessionBody, SessionCodeBody } from './sessions.dto';
import { MAX_SESSION_SECONDS, Sessions } from './sessions.service';
import { SessionEnded, SessionOpened, SessionView } from './sessions.views';

/** Short-lived keys in place of a key, for browsers. */
@ApiTags('Sessions')
@Controller('api/session')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly buckets: BucketSummaries,
    private readonly rights: KeyRights,
  ) {}

  @Post()
  @Documented(docs.open)
  @RequireAnyKey({ writeOnly: true, bound: 'all', notForSessions: SESSION_OPENS_NONE })
  async open(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Body() { expiresInSeconds = MAX_SESSION_SECONDS }: OpenSessionBody,
  ): Promise<SessionOpened> {
    return this.reply(await this.sessions.open(by, key, expiresInSeconds));
  }

  @Post('code')
  @Documented(docs.openWithCode)
  @Public()
  async openWithCode(@Req() request: LeanRequest, @Body() { code }: SessionCodeBody): Promise<SessionOpened> {
    const { clientAddress: address, requestId } = request;
    return this.reply(await this.sessions.openWithCode(code, { address, requestId }));
  }

  @Delete()
  @HttpCode(200)
  @Documented(docs.end)
  @RequireAnyKey({ writeOnly: true, bound: 'all', onlyForSessions: SESSION_KEY_REQUIRED })
  async end(@CurrentActor() by: Actor, @CurrentKey() key: CurrentApiKey): Promise<SessionEnded> {
    if (key.sessionId !== null) await this.sessions.end(by, key, key.sessionId);
    return new SessionEnded();
  }

  private async reply(opened: CreatedKey): Promise<SessionOpened> {
    const { id: sessionId, type, writeOnly, dataSourceId, bucketId } = opened.apiKey;
    const rights = this.rights.of({ type, dataSourceId, writeOnly: writeOnly !== null, sessionId });
    const bucket = bucketId === null ? null : await this.buckets.get(bucketId);
    return { message: SessionOpened.message, session: new SessionView({ ...opened, bucket, rights }) };
  }
}
