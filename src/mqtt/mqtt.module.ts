import { Module } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { KeyWatch } from './key-watch';
import { MqttCounts } from './mqtt-counts';
import { MqttServer } from './mqtt-server';
import { MessageStore } from './storing/message-store';

/** Takes messages of MQTT clients, and stores them as points. */
@Module({
  imports: [IngestModule],
  providers: [MqttServer, MessageStore, KeyWatch, MqttCounts],
  exports: [MqttServer, MqttCounts],
})
export class MqttModule {}
