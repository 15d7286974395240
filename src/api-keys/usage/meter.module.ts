import { Global, Module } from '@nestjs/common';
import { KeyMeter } from '../../auth/key-meter';
import { Usage } from './usage.service';

/**
 * Contains the meter. At shutdown Nest destroys global modules last, after the database is closed, so this module is not global
 * itself.
 */
@Module({ providers: [Usage, { provide: KeyMeter, useExisting: Usage }], exports: [Usage, KeyMeter] })
class CountingModule {}

/** Makes the meter of keys available to every room. */
@Global()
@Module({ imports: [CountingModule], exports: [CountingModule] })
export class MeterModule {}
