import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { CONFIG, type Config } from '../common/config/config';
import { Documented } from '../common/openapi/openapi';
import { docs } from './server-info.docs';
import { ServerInfoService } from './server-info.service';
import { ServerInfoReply, ServerInfoView } from './server-info.views';

@ApiTags('Server')
@Controller('api/server')
export class ServerInfoController {
  constructor(
    private readonly server: ServerInfoService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Documented(docs.get)
  @RequireKeyType('admin', 'read the state of the server')
  async get(@CurrentKey() key: CurrentApiKey): Promise<ServerInfoReply> {
    await this.server.requireFirstOrganization(key);
    return { server: new ServerInfoView(await this.server.current(), this.config.settings) };
  }
}
