import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, type MessageEvent, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Observable, Subject } from 'rxjs';
import { backlog } from './listen.ts';
import type { Served } from './Peer.ts';

export async function serve(): Promise<Served> {
  const stream = new Subject<MessageEvent>();

  @Controller()
  class EventsController {
    @Sse('events')
    events(): Observable<MessageEvent> {
      return stream;
    }
  }

  @Module({ controllers: [EventsController] })
  class EventsModule {}

  const app = await NestFactory.create(EventsModule, { logger: false });
  await app.init();
  const server: Server = app.getHttpServer();
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    publish: (_, numbered) => {
      for (const { n, tick } of numbered) stream.next({ id: String(n), type: 'tick', data: tick });
    },
    readers: () => stream.observers.length,
  };
}
