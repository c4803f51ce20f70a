import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, type MessageEvent, Module, Query, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NEVER, type Observable, Subject } from 'rxjs';
import type { Scenario } from '../Scenario.ts';
import { backlog } from './listen.ts';
import type { Served } from './Peer.ts';

export async function serve({ feeds: count = 1 }: Scenario): Promise<Served> {
  const streams = Array.from({ length: count }, () => new Subject<MessageEvent>());

  @Controller()
  class EventsController {
    @Sse('events')
    events(@Query('feed') feed: string): Observable<MessageEvent> {
      return streams[Number(feed)] ?? NEVER;
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
    publish: (index, numbered) => {
      for (const { n, tick } of numbered) streams[index]?.next({ id: String(n), type: 'tick', data: tick });
    },
    readers: () => streams.reduce((sum, stream) => sum + (stream.observed ? stream.observers.length : 0), 0),
  };
}
