import { Global, Module } from '@nestjs/common';
import { KeyMeter } from '../../auth/key-meter';
import { Usage } from './usage.service';

/**
 * Where the meter lives. At shutdown Nest ends the global modules last, and those in an order of its own: as one of them,
 * the meter would find the database closed.
 */
@Module({ providers: [Usage, { provide: KeyMeter, useExisting: Usage }], exports: [Usage, KeyMeter] })
class CountingModule {}

/** Gives every room the meter of keys. */
@Global()
@Module({ imports: [CountingModule], exports: [CountingModule] })
export class MeterModule {}
