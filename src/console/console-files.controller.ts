import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/require-key-type.decorator';
import { ApiError, ROUTE_NOT_FOUND } from '../common/errors';
import { sendKept } from '../common/http/kept-bytes';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { ConsoleFiles } from './console-files';

const FOR_EVER = 'public, max-age=31536000, immutable';

/** The scripts and styles of the console. Their names have a hash of their contents, so that browsers keep them. */
@ApiExcludeController()
@Controller('console')
export class ConsoleFilesController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get(':name')
  @Public()
  async file(@Req() request: LeanRequest, @Res() response: LeanResponse): Promise<void> {
    const { method, path, headers, params } = request;
    const file = await this.files.find(String(params.name), headers['accept-encoding']?.toString());
    if (!file) throw new ApiError(ROUTE_NOT_FOUND, { words: { method, path } });
    sendKept(request, response, file, {
      'Cache-Control': FOR_EVER,
      Vary: 'Accept-Encoding',
      ...(file.encoding !== undefined && { 'Content-Encoding': file.encoding }),
    });
  }
}
