import { applyDecorators, createParamDecorator, UseInterceptors, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Pause } from '../common/http/pause';
import { mayRefuse } from '../common/openapi/openapi';
import { LongReadInterceptor } from './long-read.interceptor';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from './scheduling.errors';

/**
 * Marks a route whose work grows with what is stored: it waits for a place among others, and keeps it until the handler's
 * promise settles. Such a handler takes a `@CurrentPause()` and awaits it every few milliseconds. Only on routes that
 * require a key.
 *
 * @example
 * ```ts
 * @Get('latest')
 * @LongRead()
 * @RequireAnyKey()
 * latest(@CurrentKey() key: CurrentApiKey, @CurrentPause() pause: Pause) {}
 * ```
 */
export function LongRead(): MethodDecorator {
  return applyDecorators(UseInterceptors(LongReadInterceptor), mayRefuse(TOO_MANY_QUERIES, SERVER_STOPPING));
}

/** Gives a handler the `Pause` of its request. Only on routes with `@LongRead()`. */
export const CurrentPause = createParamDecorator((_data: unknown, context: ExecutionContext): Pause => {
  const { workPause: pause } = context.switchToHttp().getRequest<LeanRequest>();
  if (!pause) throw new Error(`${context.getClass().name}.${context.getHandler().name} lacks @LongRead()`);
  return pause;
});
