import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/require-key-type.decorator';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError, ROUTE_NOT_FOUND } from '../common/errors';
import { preferredType } from '../common/http/accepted-type';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { pageSecurity } from '../common/http/page-security';
import { VERSION } from '../common/installation';
import { Documented } from '../common/openapi/openapi';
import { HomeReply } from './home.dto';
import { homePage } from './home-page';

/** The root of the server: where a person or a program begins. */
@ApiTags('Server')
@Controller()
export class HomeController {
  private readonly reply: HomeReply;
  private readonly page: string;

  constructor(@Inject(CONFIG) { docs }: Pick<Config, 'docs'>) {
    this.reply = { name: 'Dakkio', version: VERSION, ...(docs && { docs: '/docs' }), health: '/health/ready' };
    this.page = homePage(VERSION, docs);
  }

  @Get()
  @Documented({
    id: 'getServer',
    summary: 'Get name, version and links',
    description: 'With `Accept: text/html`, as browsers send it, the answer is a page of links.',
    status: 200,
    answer: HomeReply,
  })
  @Public()
  home(@Req() request: LeanRequest, @Res({ passthrough: true }) response: LeanResponse): HomeReply | string {
    const { method, path } = request;
    // Express ignores a slash at the end, so that `//` leads here too.
    if (path !== '/') throw new ApiError(ROUTE_NOT_FOUND, { words: { method, path } });
    response.setHeader('Vary', 'Accept');
    if (preferredType(request.headers.accept, ['application/json', 'text/html']) === 'application/json')
      return this.reply;
    pageSecurity(request, response, () => {});
    response.type('html');
    return this.page;
  }
}
