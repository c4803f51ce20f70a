import { expect } from 'chai';
import fc from 'fast-check';
import { BodyResponse } from '../../lib/adapter/BodyResponse.ts';

const headers = { 'Content-Type': 'text/event-stream' };
const KiB = 1024;

/** A response that is to be written to, what came of it so far, and what it told. */
function answered(signal: AbortSignal = new AbortController().signal) {
  const given: Response[] = [];
  const told: string[] = [];
  const response = new BodyResponse(signal, (answer) => given.push(answer));
  response.on('drain', () => told.push('drain'));
  response.on('close', () => told.push('close'));
  const reader = () => {
    const body = given[0]?.body;
    return body?.getReader() ?? expect.fail('there is no body');
  };
  return { response, given, told, reader };
}

async function textOf(promise: Promise<{ readonly value?: Uint8Array | undefined }>): Promise<string> {
  const { value } = await promise;
  return new TextDecoder().decode(value);
}

describe('the body of a Response', () => {
  it('is answered with the head when the first bytes are written', () => {
    const { response, given } = answered();
    response.writeHead(200, headers);
    expect([response.headersSent, given.length]).to.deep.equal([true, 0]);
    response.write('a');
    expect(given.map(({ status }) => status)).to.deep.equal([200]);
    expect(given[0]?.headers.get('content-type')).to.equal('text/event-stream');
  });

  it('is none where the response ends with its head, and a text where it ends with one', async () => {
    for (const [status, text] of [
      [200, ''],
      [204, ''],
      [304, 'ignored'],
      [422, 'why'],
    ] as const) {
      const { response, given, told } = answered();
      response.writeHead(status, headers);
      response.end(text);
      const body = status === 422 ? 'why' : '';
      expect([given[0]?.status, await given[0]?.text()]).to.deep.equal([status, body]);
      expect(told).to.deep.equal(['close']);
    }
  });

  it('says false above 16 KiB that nobody has read, counted in bytes, and drains when they are read', async () => {
    const { response, told, reader } = answered();
    response.writeHead(200, headers);
    expect(response.write('é'.repeat(4 * KiB))).to.equal(true);
    expect(response.write('é'.repeat(4 * KiB))).to.equal(false);
    expect(response.writableNeedDrain).to.equal(true);
    // What is given to a full one waits with the rest, as in a socket.
    expect(response.write('a')).to.equal(false);

    const body = reader();
    expect((await body.read()).value?.length).to.equal(8 * KiB);
    expect([told, response.writableNeedDrain]).to.deep.equal([['drain'], false]);
    expect(response.write('b')).to.equal(true);
    expect((await body.read()).value?.length).to.equal(8 * KiB);
    expect(await textOf(body.read())).to.equal('a');
    expect(await textOf(body.read())).to.equal('b');
  });

  it('hands a chunk to a reader that waits, past the mark', async () => {
    const { response, reader } = answered();
    response.writeHead(200, headers);
    response.write('a');
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    const waiting = body.read();
    expect(response.write('b'.repeat(64 * KiB))).to.equal(true);
    expect((await waiting).value?.length).to.equal(64 * KiB);
  });

  it('does not take the bytes of others away: a page of a log is shared', async () => {
    const { response, reader } = answered();
    const page = new TextEncoder().encode('shared');
    response.writeHead(200, headers);
    response.write(page.subarray(0, 3));
    expect(await textOf(reader().read())).to.equal('sha');
    expect(new TextDecoder().decode(page)).to.equal('shared');
  });

  it('is closed when what was written is read, and not before', async () => {
    const { response, told, reader } = answered();
    response.writeHead(200, headers);
    response.write('a');
    response.end('b');
    expect([response.writableEnded, response.destroyed, told]).to.deep.equal([true, false, []]);
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    expect(told).to.deep.equal([]);
    expect(await textOf(body.read())).to.equal('b');
    expect((await body.read()).done).to.equal(true);
    expect([told, response.destroyed]).to.deep.equal([['close'], true]);
  });

  it('tells in the same turn that its reader has cancelled', () => {
    const { response, told, reader } = answered();
    response.writeHead(200, headers);
    response.write('a');
    reader().cancel();
    expect([told, response.destroyed, response.write('b')]).to.deep.equal([['close'], true, false]);
  });

  it('tells once, in the same turn, that the request is aborted, and breaks for nobody', async () => {
    const leaving = new AbortController();
    const { response, told, reader } = answered(leaving.signal);
    response.writeHead(200, headers);
    response.write('a');
    leaving.abort();
    expect([told, response.write('b')]).to.deep.equal([['close'], false]);
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    expect((await body.read()).done).to.equal(true);
    await body.cancel();
    expect(told).to.deep.equal(['close']);
  });

  it('answers a request that is aborted before its head, so that nobody waits', () => {
    const leaving = new AbortController();
    const { response, given, told } = answered(leaving.signal);
    leaving.abort();
    expect([given[0]?.status, told, response.destroyed]).to.deep.equal([499, ['close'], true]);

    const late = answered(leaving.signal);
    expect([late.given[0]?.status, late.response.destroyed]).to.deep.equal([499, true]);
  });

  it('breaks where it is destroyed, with and without a head', async () => {
    for (const begins of [true, false]) {
      const { response, given, told } = answered();
      if (begins) {
        response.writeHead(200, headers);
        response.write('a');
      }
      response.destroy();
      response.destroy();
      expect(told).to.deep.equal(['close']);
      expect([given.length, given[0]?.status, given[0]?.headers.get('content-type')]).to.deep.equal([
        1,
        200,
        'text/event-stream',
      ]);
      const failure = await given[0]?.text().catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(DOMException).and.have.property('name', 'AbortError');
    }
  });

  it('leaves no listener at the signal, however it is over', () => {
    const ways: Record<string, (made: ReturnType<typeof answered>) => void> = {
      ended: ({ response }) => response.end(),
      destroyed: ({ response }) => response.destroy(),
      abandoned: ({ response }) => response.abandon(),
      cancelled: ({ response, reader }) => {
        response.write('a');
        reader().cancel();
      },
    };
    for (const [how, over] of Object.entries(ways)) {
      const { signal } = new AbortController();
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (type: string, listener: () => void) => {
        listeners++;
        add(type, listener);
      };
      signal.removeEventListener = (type: string, listener: () => void) => {
        listeners--;
        remove(type, listener);
      };
      over(answered(signal));
      expect(listeners, how).to.equal(0);
    }
  });

  it('takes a listener back, and only that one', () => {
    const { response } = answered();
    const heard: string[] = [];
    const one = () => heard.push('one');
    response.on('close', one);
    response.on('close', () => heard.push('two'));
    response.removeListener('close', one);
    response.destroy();
    expect(heard).to.deep.equal(['two']);
  });

  it('loses, repeats and reorders nothing, whoever is faster', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 40 * KiB }), fc.constant('read' as const)), { maxLength: 40 }),
        async (steps) => {
          const { response, given } = answered();
          response.writeHead(200, headers);
          let written = '';
          let read = '';
          let body: ReadableStreamDefaultReader<Uint8Array> | undefined;
          const take = async (): Promise<boolean> => {
            body ??= given[0]?.body?.getReader();
            const result = await body?.read();
            read += new TextDecoder().decode(result?.value);
            return result?.done ?? true;
          };
          for (const step of steps) {
            if (step === 'read') {
              if (read.length < written.length) await take();
            } else {
              const text = String(written.length % 10).repeat(step);
              written += text;
              const mayGoOn = response.write(text);
              expect(mayGoOn).to.equal(!response.writableNeedDrain);
            }
          }
          response.end();
          for (let n = 0; n <= steps.length && !(await take()); n++);
          expect(read.length).to.equal(written.length);
          expect(read).to.equal(written);
          expect(response.destroyed).to.equal(true);
        },
      ),
      { numRuns: 100 },
    ));
});
