import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './auth/api-key.guard';
import { AuthModule } from './auth/auth.module';
import { AlertingModule } from './alerting/alerting.module';
import { AnalyticsModule } from './analytics/analytics.module';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { AuditModule } from './audit/audit.module';
import { BucketsModule } from './buckets/buckets.module';
import type { Config } from './common/config/config';
import { ConfigModule } from './common/config/config.module';
import { ErrorFilter } from './common/error.filter';
import { ConsoleModule } from './console/console.module';
import { RequestValidationGuard } from './common/validation/request-validation.guard';
import { RetentionModule } from './retention/retention.module';
import { SourcesModule } from './sources/sources.module';
import { DatabaseModule } from './database/database.module';
import { ENTITIES } from './entities';
import { HealthModule } from './health/health.module';
import { InfluxModule } from './influx/influx.module';
import { IngestModule } from './ingest/ingest.module';
import { MqttModule } from './mqtt/mqtt.module';
import { OrganizationsModule } from './organizations/organizations.module';
import { PointsModule } from './points/points.module';
import { LiveModule } from './live/live.module';
import { QueriesModule } from './query/query.module';
import { SchedulingModule } from './scheduling/scheduling.module';
import { MetricsModule } from './metrics/metrics.module';
import { ServerInfoModule } from './server-info/server-info.module';
import { SetupModule } from './setup/setup.module';
import { MeterModule } from './api-keys/usage/meter.module';
import { UsageModule } from './api-keys/usage/usage.module';
import { SessionsModule } from './api-keys/sessions/sessions.module';

/** Imports every room, and sets what runs before each route: the key guard, then the validation of the request. */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(ENTITIES),
        AuthModule.forRoot({ imports: [ApiKeysModule] }),
        SchedulingModule,
        MeterModule,
        AuditModule,
        OrganizationsModule,
        BucketsModule,
        ApiKeysModule,
        UsageModule,
        SessionsModule,
        PointsModule,
        SourcesModule,
        IngestModule,
        InfluxModule,
        MqttModule,
        QueriesModule,
        LiveModule,
        RetentionModule,
        AnalyticsModule,
        AlertingModule,
        SetupModule,
        HealthModule,
        ServerInfoModule,
        MetricsModule,
        ConsoleModule,
      ],
      providers: [
        { provide: APP_GUARD, useExisting: ApiKeyGuard },
        { provide: APP_GUARD, useClass: RequestValidationGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
