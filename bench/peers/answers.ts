import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { createClient } from '@redis/client';
import express from 'express';
import { map, type Observable, Subject } from 'rxjs';
import { memoryLog, sse } from 'rxsse';
import { redisLog } from 'rxsse/redis';
import { Ticks, unbounded } from '../openLog.ts';
import type { Numbered, PeerName, RedisPeerName, Scenario } from '../Scenario.ts';
import { frame, headers } from './frame.ts';
import { listen, targetOf } from './listen.ts';
import type { Served } from './Peer.ts';

type AnswerOf = (url: string | undefined) => Observable<Numbered>;

/** Serves an answer of a model for each request, as a route that relays its tokens does. */
export async function serve(scenario: Scenario): Promise<Served> {
  const { feeds: count = 1, peer } = scenario;
  const answers = Array.from({ length: count }, () => new Subject<Numbered>());
  const answerOf: AnswerOf = (url) => answers[targetOf(url).feed] ?? new Subject<Numbered>();
  const create = handlers[peer];
  if (create === undefined) throw new RangeError(`${peer} relays no answers`);
  return {
    port: await listen(express().get('/events', await create(scenario, answerOf))),
    publish: (index, numbered) => {
      for (const one of numbered) answers[index]?.next(one);
    },
    readers: () => answers.filter(({ observed }) => observed).length,
  };
}

type CreateHandler = (scenario: Scenario, answerOf: AnswerOf) => RequestListener | Promise<RequestListener>;

const handlers: Readonly<Partial<Record<PeerName | RedisPeerName, CreateHandler>>> = {
  rxsse: async ({ storage }, answerOf) => {
    const client = storage && (await createClient({ url: storage.at }).connect());
    const log = (id: string) => (client ? redisLog({ ...unbounded, client, name: id }) : memoryLog(unbounded));
    return sse({ events: Ticks, resume: { log, maxRuns: Infinity } }, ({ request }) =>
      answerOf(request.url).pipe(map(({ tick }) => Ticks.Tick(tick))),
    );
  },

  'resumable-stream': async ({ storage }, answerOf) => {
    process.env.REDIS_URL = storage?.at ?? '';
    const { createResumableStreamContext } = await import('resumable-stream');
    const context = createResumableStreamContext({ waitUntil: null });
    return async (request, response) => {
      const makeStream = () =>
        new ReadableStream<string>({
          start: (controller) => void answerOf(request.url).subscribe((one) => controller.enqueue(frame(one))),
        });
      const stream = await context.createNewResumableStream(randomUUID(), makeStream);
      response.writeHead(200, headers);
      response.flushHeaders();
      Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
    };
  },

  hand: (_, answerOf) => (request, response) => {
    response.writeHead(200, headers);
    response.flushHeaders();
    const subscription = answerOf(request.url).subscribe((one) => response.write(frame(one)));
    request.on('close', () => subscription.unsubscribe());
  },
};
