import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/require-key-type.decorator';
import { ApiError } from '../common/errors';
import { Documented } from '../common/openapi/openapi';
import { Clock, secondsOf } from './clock';
import { DATABASE_SILENT } from './health.errors';

const LONGEST_WAIT_MILLIS = 2000;

export class HealthReply {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  readonly status: 'ok';
}

export class ReadinessReply extends HealthReply {
  @ApiPropertyOptional({
    type: Number,
    description:
      "By how many seconds the server's clock is ahead of the database's, below zero where it is behind; only where they " +
      'are more than 5 apart',
    example: 20.1,
  })
  readonly clockOffsetSeconds?: number;
}

type Asked = { readonly answers: true; readonly offset: number | undefined } | { readonly answers: false };

/** For supervisors and load balancers: whether the process runs, and whether it can serve. */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly clock: Clock) {}

  @Get('live')
  @Documented({ id: 'getLiveness', summary: 'Say that the process runs', status: 200, answer: HealthReply })
  @Public()
  live(): HealthReply {
    return { status: 'ok' };
  }

  @Get('ready')
  @Documented({
    id: 'getReadiness',
    summary: 'Say whether the server can serve',
    description: `Asks the database, and waits ${LONGEST_WAIT_MILLIS / 1000} seconds for its answer at most.`,
    status: 200,
    answer: ReadinessReply,
    refusals: [DATABASE_SILENT],
  })
  @Public()
  async ready(): Promise<ReadinessReply> {
    const asked = await this.askDatabase();
    if (!asked.answers) throw new ApiError(DATABASE_SILENT);
    const { offset } = asked;
    return { status: 'ok', ...(offset !== undefined && { clockOffsetSeconds: secondsOf(offset) }) };
  }

  private async askDatabase(): Promise<Asked> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<Asked>((resolve) => {
      timer = setTimeout(() => resolve({ answers: false }), LONGEST_WAIT_MILLIS);
    });
    const answer = this.clock.ask().then(
      (offset): Asked => ({ answers: true, offset }),
      (): Asked => ({ answers: false }),
    );
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}
