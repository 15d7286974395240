import { Module } from '@nestjs/common';
import { ConsoleFiles } from './console-files';
import { ConsoleFilesController } from './console-files.controller';
import { RootController } from './root.controller';

@Module({ controllers: [RootController, ConsoleFilesController], providers: [ConsoleFiles] })
export class ConsoleModule {}
