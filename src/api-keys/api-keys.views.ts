export * from './key-change.views';
export * from './key-examples';
export * from './key.views';
export * from './own-key.views';
