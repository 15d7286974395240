import { Controller, Get } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from '../access/require-key-type.decorator';
import { ApiError } from '../common/errors';
import { Documented } from '../common/openapi/openapi';
import { DATABASE_SILENT } from './health.errors';

const LONGEST_WAIT_MILLIS = 2000;

export class HealthReply {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  readonly status: 'ok';
}

/** For supervisors and load balancers: whether the process runs, and whether it can serve. */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

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
    answer: HealthReply,
    refusals: [DATABASE_SILENT],
  })
  @Public()
  async ready(): Promise<HealthReply> {
    if (!(await this.databaseAnswers())) throw new ApiError(DATABASE_SILENT);
    return { status: 'ok' };
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), LONGEST_WAIT_MILLIS);
    });
    const answer = this.dataSource.query('SELECT 1 FROM organizations LIMIT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }
}
