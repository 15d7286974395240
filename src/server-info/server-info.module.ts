import { Module } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { RetentionModule } from '../retention/retention.module';
import { EventLoopDelay } from './event-loop-delay';
import { ServerInfoController } from './server-info.controller';
import { ServerInfoService } from './server-info.service';

@Module({
  imports: [IngestModule, OrganizationsModule, RetentionModule],
  controllers: [ServerInfoController],
  providers: [EventLoopDelay, ServerInfoService],
  exports: [ServerInfoService],
})
export class ServerInfoModule {}
