import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Admission } from './admission';
import { ApiKeyGuard } from './api-key.guard';
import { ConnectionAdmission } from './connection-admission';
import { RateLimitsModule } from './rate-limits/rate-limits.module';

/** Authentication and authorization of requests by API key. */
@Module({})
export class AuthModule {
  /** The imported modules export a `KeyVerifier`, a `KeyMeter` and a `RefusalLog`, where they are not global. */
  static forRoot({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      imports: [RateLimitsModule, ...imports],
      providers: [Admission, ApiKeyGuard, ConnectionAdmission],
      exports: [ApiKeyGuard, ConnectionAdmission],
    };
  }
}
