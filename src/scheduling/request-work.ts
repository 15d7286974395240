import { Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Admission } from '../auth/admission';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { KeyVerifier } from '../auth/key-verifier';
import { answersRequests } from '../common/http/answers-requests';
import type { LeanRequest } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { callerOf } from './caller';
import { WorkScheduler } from './work-scheduler';

const byApp = new WeakMap<object, RequestWork>();

/** Schedules the work of requests. After a wait, checks the key again. */
@Injectable()
export class RequestWork {
  constructor(
    private readonly scheduler: WorkScheduler,
    private readonly modules: ModuleRef,
    host: HttpAdapterHost,
  ) {
    if (answersRequests(host)) byApp.set(host.httpAdapter.getInstance<object>(), this);
  }

  /** The instance of the request's application. */
  static of(request: LeanRequest): RequestWork {
    const own = byApp.get(request.app);
    if (!own) throw new Error('SchedulingModule is missing in the application of this request');
    return own;
  }

  run<T>(request: LeanRequest, work: (yieldTurn: YieldTurn) => Promise<T>): Promise<T> {
    const caller = callerOf(request.caller as CurrentApiKey);
    return this.scheduler.run(caller, request.socket, async (yieldTurn, hasWaited) => {
      if (hasWaited) await this.requireValidKey(request);
      return work(yieldTurn);
    });
  }

  private async requireValidKey(request: LeanRequest): Promise<void> {
    const { keyText } = request;
    const key = keyText === undefined ? null : await this.modules.get(KeyVerifier, { strict: false }).verify(keyText);
    if (!key) throw this.modules.get(Admission, { strict: false }).unknown(request);
  }
}
