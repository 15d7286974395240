import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Actor } from '../common/audit-event';
import type { CurrentApiKey } from './current-key.decorator';

/** Injects the key of the request as the actor of audit events. Only on routes that require a key. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<LeanRequest>();
  return actorOf(request.caller as CurrentApiKey, request);
});

/** The actor of an audit event: a key, its session if the request was sent with a session key, and the address of the request. */
export function actorOf(
  { id, name, sessionId }: Pick<CurrentApiKey, 'id' | 'name' | 'sessionId'>,
  { clientAddress, requestId }: Pick<LeanRequest, 'clientAddress' | 'requestId'>,
): Actor {
  const actor = { kind: 'api key', id, name, address: clientAddress, requestId } as const;
  return sessionId === null ? actor : { ...actor, sessionId };
}
