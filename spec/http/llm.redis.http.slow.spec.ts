import { expect } from 'chai';
import { story } from '../../examples/llm/script.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { openStream } from '../support/openStream.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { requires } from '../support/requires.ts';

/** Hides the environment of this machine, so that the example uses its own model. */
const unset = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', LOG: '' };
const question = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"messages":[{"role":"user","content":"What is a stream?"}]}',
  patience: 20_000,
};

function textIn(wire: string): string {
  return [...wire.matchAll(/^event: token\ndata: (.*)$/gm)].map(([, json = '']) => JSON.parse(json).text).join('');
}

describe('two servers of the llm example with one Redis', function () {
  this.timeout(60_000);
  const redisPath = requires('redis-server');
  let redis: RedisServer;
  let servers: readonly ExampleServer[] = [];

  beforeEach(async () => {
    redis = await startRedis(redisPath());
    const env = { PORT: '0', PACE: '20', ...unset, REDIS_URL: redis.url };
    servers = [exampleServer('llm', env), exampleServer('llm', env)];
  });
  afterEach(async () => {
    for (const { child } of servers) child.kill('SIGKILL');
    await Promise.all(servers.map(({ closed }) => closed));
    await redis.remove();
  });

  /** Starts an answer at the first server; returns its request, and where the second one has it. */
  async function start() {
    const [one = '', two = ''] = await Promise.all(servers.map((server) => server.url()));
    const first = await openStream(`${one}/answers`, question);
    return { first, location: `${two}/answers${first.headers.location}` };
  }

  it('read an answer at either, and stop it at either', async () => {
    const { first, location } = await start();
    const other = await openStream(location, { patience: 20_000 });
    expect(textIn(await other.ended())).to.equal(story);
    expect(await first.ended()).to.equal(other.text());

    const again = await start();
    await again.first.until(/event: token/);
    const { status } = await fetch(again.location, { method: 'DELETE' });
    expect(status).to.equal(204);
    const stopped = textIn(await again.first.ended());
    expect(stopped.length).to.be.below(story.length);
    expect(textIn(await (await fetch(again.location)).text())).to.equal(stopped);
  });

  it('send what is stored of an answer whose process was killed, and that it has failed', async () => {
    const { first, location } = await start();
    await first.until(/sentence/);
    const other = await openStream(location, { patience: 30_000 });
    await other.until(/sentence/);
    servers[0]?.child.kill('SIGKILL');
    const wire = await other.ended();
    expect(wire).to.match(/event: rxsse.end\ndata: \{"reason":"failed"\}\n\n$/);
    expect(story.startsWith(textIn(wire))).to.equal(true);
    expect(textIn(await (await fetch(location)).text())).to.equal(textIn(wire));
    expect(textIn(wire).startsWith(textIn(await first.over()))).to.equal(true);
  });
});
