// Nest on Express as it comes: every default of the framework, one route that answers with its JSON body.
import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class EchoController {
  echo(body) {
    return body;
  }
}
const { prototype } = EchoController;
Body()(prototype, 'echo', 0);
Post('echo')(prototype, 'echo', Object.getOwnPropertyDescriptor(prototype, 'echo'));
Controller()(EchoController);

class EchoModule {}
Module({ controllers: [EchoController] })(EchoModule);

const app = await NestFactory.create(EchoModule, { logger: ['warn', 'error'] });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
