import type { RequestListener } from 'node:http';
import express from 'express';
import { filter, map, type Observable, ReplaySubject, Subject } from 'rxjs';
import type { Numbered, Scenario } from '../Scenario.ts';
import { comment, frame, headers } from './frame.ts';
import { listen, targetOf } from './listen.ts';
import type { Served } from './Peer.ts';

/** Serves streams as tutorials show it. */
export async function serve(scenario: Scenario): Promise<Served> {
  const { feeds: count = 1, heartbeat = 15_000, route, history, plain } = scenario;
  const feeds = Array.from({ length: count }, () =>
    history === undefined ? new Subject<Numbered>() : new ReplaySubject<Numbered>(history),
  );
  const streamOf = (url: string | undefined): Observable<Numbered> => {
    const { feed, user } = targetOf(url);
    const stream = feeds[feed] ?? new Subject<Numbered>();
    return route === 'mine' ? stream.pipe(filter(({ tick }) => tick.user === user)) : stream;
  };

  const handler: RequestListener = (request, response) => {
    response.writeHead(200, headers);
    response.flushHeaders();
    const subscription = streamOf(request.url)
      .pipe(map(frame))
      .subscribe((text) => {
        response.write(text);
      });
    const heartbeatTimer = setInterval(() => {
      response.write(comment);
    }, heartbeat);
    request.on('close', () => {
      clearInterval(heartbeatTimer);
      subscription.unsubscribe();
    });
  };

  return {
    port: await listen(plain === true ? handler : express().get('/events', handler)),
    publish: (index, numbered) => {
      for (const one of numbered) feeds[index]?.next(one);
    },
  };
}
