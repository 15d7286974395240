/** The decorators for the fields of request DTOs: class-validator's and class-transformer's rules with our messages. */
export * from './fields-lists';
export * from './fields-metadata';
export * from './fields-nested';
export * from './fields-rules';
export * from './fields-scalars';
export * from './fields-text';
export * from './fields-times';
