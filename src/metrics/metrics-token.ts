import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction } from 'express';
import { CONFIG, type Config } from '../common/config/config';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { MetricsService } from './metrics.service';

/** Answers requests that carry the token of `DAKKIO_METRICS_TOKEN`, which is no key. Others go on to the route. */
@Injectable()
export class MetricsToken implements NestMiddleware<LeanRequest, LeanResponse> {
  constructor(
    private readonly metrics: MetricsService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'metricsToken'>,
  ) {}

  use(request: LeanRequest, response: LeanResponse, next: NextFunction): void {
    const { metricsToken: token } = this.config;
    const [, given] = /^Bearer +([^ ]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined || given === undefined || !isSame(given, token)) next();
    else this.metrics.send(response).catch(next);
  }
}

/** Compares digests, so that the time says nothing about the token. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
