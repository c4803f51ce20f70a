import { builtinModules } from 'node:module';
import type { Example } from './examples.ts';
import { preludeOf } from './mistakes.ts';

/** The names that an example may use without declaring them, as values. */
const values: Readonly<Record<string, string>> = {
  t: "import * as t from 'io-ts';",
  E: "import * as E from 'fp-ts/lib/Either.js';",
  use: "import { use } from 'chai';",
  express: "import express from 'express';",
  expect: "import { expect } from 'chai';",
  EventEmitter: "import { EventEmitter } from 'node:events';",
  app: "const app = (await import('express')).default();",
  Orders:
    "const Orders = (await import('rxsse')).events({ OrderPaid: { order: (await import('io-ts')).string, user: (await import('io-ts')).string, total: (await import('io-ts')).number } });",
  orders:
    "const orders = (await import('rxsse')).feed((await import('rxsse')).events({ OrderPaid: { order: (await import('io-ts')).string, user: (await import('io-ts')).string, total: (await import('io-ts')).number } }));",
  Echoes:
    "const Echoes = (await import('rxsse')).events({ Echo: { message: (await import('io-ts')).string }, ReverseEcho: { message: (await import('io-ts')).string } });",
  news: "const { of: newsOf } = await import('rxjs'); const news = () => newsOf('news');",
  whoIs: "const whoIs = async () => ({ user: 'ann' });",
  socket: 'const socket = new EventTarget();',
  prices: "const prices = (await import('rxjs')).of({ symbol: 'A', price: 1 });",
  ask: "const { of: answerOf } = await import('rxjs'); const ask = () => answerOf('an answer');",
};

/** The packages that are installed here; examples with others are run by the specs of those. */
const installed = /^(rxsse(\/\w+)?|rxjs|io-ts|fp-ts\/.*|express|chai|cors|helmet|compression|node:.*)$/;

/** The names of servers and pages that an example needs, and that are missing here. */
const missing =
  /\b(createClient|Pool|postgresLog|redisLog|sessionStorage|document|location|navigator|EventSource|readFileSync|writeFileSync|BroadcastChannel)\b/;

/** Returns the text of an example as a program, or why it is not run. */
export function programOfExample(
  { code }: Example,
  modules: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly program: string } | { readonly reason: string } {
  if (/^\s*declare /m.test(code)) return { reason: 'it declares what it does not define' };
  for (const [, name = ''] of code.matchAll(/from '([^']+)'/g)) {
    if (!installed.test(name) && !builtinModules.includes(name)) return { reason: `it imports ${name}` };
  }
  const needed = missing.exec(code);
  if (needed !== null) return { reason: `it uses ${needed[0]}` };
  return { program: `${preludeOf(code, modules, values)}\n${code}\n` };
}
