import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiError } from '../common/errors';
import type { LeanRequest } from '../common/http/lean-messages';
import { UNAUTHORIZED } from './access.errors';
import { credentialsOf } from './credentials';
import { KeyVerifier } from './key-verifier';
import { accessRuleOf } from './require-key-type.decorator';

const CHALLENGE = { 'WWW-Authenticate': 'ApiKey realm="dakkio"' };

/** Asks every route for its rule before the body is read: 401 without a valid key, 403 for one of another type. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly keys: KeyVerifier) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRuleOf(context.getHandler());
    if (rule === undefined) {
      throw new Error(
        `${context.getClass().name}.${context.getHandler().name} has neither @RequireKeyType nor @Public`,
      );
    }
    return rule === 'public' || this.admit(context.switchToHttp().getRequest<LeanRequest>(), rule);
  }

  private async admit(
    request: LeanRequest,
    rule: Exclude<ReturnType<typeof accessRuleOf>, 'public' | undefined>,
  ): Promise<boolean> {
    const text = credentialsOf(request);
    const key = text === undefined ? null : await this.keys.verify(text);
    if (!key) throw new ApiError(UNAUTHORIZED, { headers: CHALLENGE });
    if (!rule.types.includes(key.type) && rule.otherwise) throw new ApiError(rule.otherwise);
    request.caller = key;
    return true;
  }
}
