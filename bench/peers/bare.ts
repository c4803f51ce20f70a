import type { RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import type { Numbered, Scenario } from '../Scenario.ts';
import { comment, frame, headers } from './frame.ts';
import { listen, targetOf } from './listen.ts';
import type { Served } from './Peer.ts';

/** The size of the pieces in which the history is written, in bytes. */
const slice = 64 * 1024;

/** Serves streams with nothing but Node: all events of a turn joined, or one write for each event. */
export async function serve(scenario: Scenario): Promise<Served> {
  const { peer, feeds: count = 1, heartbeat = 15_000, plain = true, history } = scenario;
  const feeds = Array.from({ length: count }, () => new Set<ServerResponse>());
  const past: string[] = [];

  const handler: RequestListener = (request, response) => {
    const feed = feeds[targetOf(request.url).feed];
    response.writeHead(200, headers);
    response.flushHeaders();
    feed?.add(response);
    response.on('close', () => feed?.delete(response));
    if (history !== undefined) replay(past, response);
  };

  const write = peer === 'joined' ? writeToSocket : writeToResponse;
  setInterval(() => {
    const heartbeatBytes = bytesOf(comment, peer === 'joined');
    for (const feed of feeds) for (const response of feed) write(response, heartbeatBytes);
  }, heartbeat);

  return {
    port: await listen(plain ? handler : express().get('/events', handler)),
    publish: (index, numbered) => {
      const readers = feeds[index] ?? new Set();
      if (history !== undefined) past.push(...numbered.map(frame));
      if (peer === 'joined') writeToAll(readers, chunkOf(numbered));
      else for (const one of numbered) writeToAll(readers, Buffer.from(frame(one)), writeToResponse);
    },
  };
}

function writeToAll(readers: Iterable<ServerResponse>, bytes: Buffer, write = writeToSocket): void {
  for (const response of readers) write(response, bytes);
}

function writeToResponse(response: ServerResponse, bytes: Buffer): void {
  response.write(bytes);
}

/** Writes a chunk directly to the socket; Node's response would write four pieces. */
function writeToSocket({ socket }: ServerResponse, bytes: Buffer): void {
  socket?.write(bytes);
}

function chunkOf(numbered: readonly Numbered[]): Buffer {
  return bytesOf(numbered.map(frame).join(''), true);
}

function bytesOf(text: string, chunked: boolean): Buffer {
  return Buffer.from(chunked ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n` : text);
}

/** Writes the joined history in slices, at the pace of the socket. */
function replay(past: readonly string[], response: ServerResponse): void {
  let at = 0;
  const more = (): void => {
    while (at < past.length) {
      let text = '';
      while (at < past.length && text.length < slice) text += past[at++];
      if (!response.write(text)) return void response.once('drain', more);
    }
  };
  more();
}
