import { Global, Module } from '@nestjs/common';
import { SourcePoints } from '../sources/source-points';
import { MetadataDictionary } from './metadata';
import { MetadataSweep } from './metadata-sweep';
import { StoredPoints } from './point-stats';
import { PointRemoval } from './point-removal';
import { PointStore } from './point-store';
import { RollupCompletion } from './rollup-completion';
import { RollupRebuild } from './rollup-rebuild';
import { SecondsFix } from './seconds-fix';

/** The store of points. Global because lower modules use it through the abstract `SourcePoints`. */
@Global()
@Module({
  providers: [
    PointStore,
    PointRemoval,
    RollupCompletion,
    RollupRebuild,
    SecondsFix,
    MetadataDictionary,
    MetadataSweep,
    { provide: SourcePoints, useClass: StoredPoints },
  ],
  exports: [PointStore, PointRemoval, RollupCompletion, MetadataDictionary, SourcePoints],
})
export class PointsModule {}
