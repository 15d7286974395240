import { Module, RequestMethod, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { MqttModule } from '../mqtt/mqtt.module';
import { ServerInfoModule } from '../server-info/server-info.module';
import { MetricsController } from './metrics.controller';
import { MetricsToken } from './metrics-token';
import { MetricsService } from './metrics.service';

@Module({
  imports: [IngestModule, MqttModule, ServerInfoModule],
  controllers: [MetricsController],
  providers: [MetricsService],
})
export class MetricsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(MetricsToken).forRoutes({ path: 'metrics', method: RequestMethod.GET });
  }
}
