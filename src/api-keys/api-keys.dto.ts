export * from './change-key.dto';
export * from './create-keys.dto';
export * from './key-list.dto';
export * from './key-paths.dto';
