import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

type Docs = Omit<ApiPropertyOptions, 'type' | 'example'>;

/** An id in a reply. */
export function IdProperty(example: string, docs: Docs = {}): PropertyDecorator {
  return ApiProperty({ type: String, pattern: '^[0-9a-f]{24}$', example, ...docs } as ApiPropertyOptions);
}

/** A time in a reply. */
export function TimeProperty(example: string, docs: Docs = {}): PropertyDecorator {
  return ApiProperty({ type: String, format: 'date-time', example, ...docs } as ApiPropertyOptions);
}

/** A number of things in a reply. */
export function CountProperty(example: number, docs: Docs = {}): PropertyDecorator {
  return ApiProperty({ type: 'integer', minimum: 0, example, ...docs } as ApiPropertyOptions);
}
