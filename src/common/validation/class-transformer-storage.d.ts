/** Where class-transformer keeps what its decorators declare. `@nestjs/mapped-types` reads it from this path too. */
declare module 'class-transformer/cjs/storage' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage';
}
