import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class HomeReply {
  @ApiProperty({ example: 'Dakkio' })
  readonly name: string;

  @ApiProperty({ example: '0.1.0' })
  readonly version: string;

  @ApiPropertyOptional({
    description: 'Path of the API documentation, unless `DAKKIO_DOCS` is `off`',
    example: '/docs',
  })
  readonly docs?: string;

  @ApiProperty({ description: 'Path of the readiness check', example: '/health/ready' })
  readonly health: string;
}
