import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { isoTime } from '../common/times';
import { Readiness } from '../health/readiness';
import * as docs from './influx.docs';
import { INFLUX_VERSION } from './influx-version';
import { PingQuery, type InfluxHealth, type InfluxReady } from './influx.dto';

const STARTED_AT = Date.now() - Math.round(performance.now());

/** What clients of InfluxDB ask before they write. It takes no key: some of them send none here. */
@ApiTags('InfluxDB')
@Controller()
export class InfluxHealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('ping')
  @Documented(docs.PING)
  @Public()
  ping(@Query() { verbose }: PingQuery, @Res() response: LeanResponse): void {
    response.setHeader('X-Influxdb-Version', INFLUX_VERSION);
    response.setHeader('X-Influxdb-Build', 'OSS');
    if (verbose === undefined || ['false', '0'].includes(verbose)) response.writeHead(204).end();
    else response.status(200).json({ version: INFLUX_VERSION });
  }

  @Get('health')
  @Documented(docs.HEALTH)
  @Public()
  async health(@Res({ passthrough: true }) response: LeanResponse): Promise<InfluxHealth> {
    const { read, write, data } = await this.readiness.condition('write');
    const passes = [read, write, data].every((state) => state === 'ok');
    if (!passes) response.status(503);
    return {
      name: 'influxdb',
      message: passes ? 'ready for queries and writes' : 'the database cannot be used',
      status: passes ? 'pass' : 'fail',
      checks: [],
      version: INFLUX_VERSION,
      commit: 'dakkio',
    };
  }

  @Get('ready')
  @Documented(docs.READY)
  @Public()
  ready(): InfluxReady {
    const up = `${Math.floor((Date.now() - STARTED_AT) / 1000)}s`;
    return { status: 'ready', started: isoTime(STARTED_AT), up };
  }
}
