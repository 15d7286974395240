import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Admission } from '../access/admission';
import { credentialsOf } from '../access/credentials';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { KeyVerifier } from '../access/key-verifier';
import type { LeanRequest } from '../common/http/lean-messages';
import { callerOf } from './caller';
import { WorkScheduler } from './work-scheduler';

/** Runs a handler as scheduled work. Where that had to wait, its key must still be valid. */
@Injectable()
export class LongReadInterceptor implements NestInterceptor {
  constructor(
    private readonly scheduler: WorkScheduler,
    private readonly modules: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<LeanRequest>();
    const caller = callerOf(request.caller as CurrentApiKey);
    return from(
      this.scheduler.run(caller, request.socket, async (pause, hasWaited) => {
        if (hasWaited) await this.requireValidKey(request);
        request.workPause = pause;
        return lastValueFrom<unknown, undefined>(next.handle(), { defaultValue: undefined });
      }),
    );
  }

  private async requireValidKey(request: LeanRequest): Promise<void> {
    const text = credentialsOf(request);
    const key = text === undefined ? null : await this.modules.get(KeyVerifier, { strict: false }).verify(text);
    if (!key) throw this.modules.get(Admission, { strict: false }).unknown(request);
  }
}
