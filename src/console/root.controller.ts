import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/require-key-type.decorator';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError, ROUTE_NOT_FOUND } from '../common/errors';
import { preferredType } from '../common/http/accepted-type';
import { sendWholeJson } from '../common/http/answer-stream';
import { etagOf, sendKept, type KeptBytes } from '../common/http/kept-bytes';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { pageSecurity } from '../common/http/page-security';
import { VERSION } from '../common/installation';
import { Documented } from '../common/openapi/openapi';
import { ConsoleFiles } from './console-files';
import { consoleSecurity } from './console-security';
import { linksPage } from './links-page';
import { HomeReply } from './server.dto';

/** The root of the server: the console for a browser; name, version and links for a program. */
@ApiTags('Server')
@Controller()
export class RootController {
  private readonly reply: string;
  private readonly links: KeptBytes;

  constructor(
    @Inject(CONFIG) { docs }: Pick<Config, 'docs'>,
    private readonly files: ConsoleFiles,
  ) {
    const reply: HomeReply = {
      name: 'Dakkio',
      version: VERSION,
      ...(docs && { docs: '/docs' }),
      health: '/health/ready',
    };
    this.reply = JSON.stringify(reply);
    const bytes = Buffer.from(linksPage(VERSION, docs));
    this.links = { bytes, type: 'text/html; charset=utf-8', etag: etagOf(bytes) };
  }

  @Get()
  @Documented({
    id: 'getServer',
    summary: 'Get name, version and links',
    description: 'With `Accept: text/html`, as browsers send it, the answer is the console.',
    status: 200,
    answer: HomeReply,
  })
  @Public()
  async root(@Req() request: LeanRequest, @Res() response: LeanResponse): Promise<void> {
    const { method, path, headers } = request;
    // Express ignores a slash at the end, so that `//` leads here too.
    if (path !== '/') throw new ApiError(ROUTE_NOT_FOUND, { words: { method, path } });
    response.extraHeaders = [...response.extraHeaders, 'Vary', 'Accept'];
    if (preferredType(headers.accept, ['application/json', 'text/html']) === 'application/json') {
      sendWholeJson(response, this.reply);
      return;
    }
    const page = await this.files.page();
    (page ? consoleSecurity : pageSecurity)(request, response, () => {});
    sendKept(request, response, page ?? this.links);
  }
}
