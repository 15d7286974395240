import { Module, type DynamicModule } from '@nestjs/common';
import { openServerSecret, ServerSecret } from '../server-secret';
import { CONFIG, type Config } from './config';

/** Hands the checked configuration and the server's secret to every room. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: ServerSecret, useFactory: () => openServerSecret(config) },
      ],
      exports: [CONFIG, ServerSecret],
    };
  }
}
