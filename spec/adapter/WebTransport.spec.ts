import { expect } from 'chai';
import fc from 'fast-check';
import { WebTransport } from '../../lib/adapter/web/WebTransport.ts';

const headers = { 'Content-Type': 'text/event-stream' };
const KiB = 1024;

/** Returns a transport, its responses, and the notifications of its listener. */
function connected(signal: AbortSignal = new AbortController().signal) {
  const answers: Response[] = [];
  const notified: string[] = [];
  const transport = new WebTransport(signal, (response) => answers.push(response));
  const isOpen = transport.listen({ onDrain: () => notified.push('drain'), onClose: () => notified.push('close') });
  const reader = () => {
    const body = answers[0]?.body;
    return body?.getReader() ?? expect.fail('there is no body');
  };
  return { transport, isOpen, answers, notified, reader };
}

async function textOf(promise: Promise<{ readonly value?: Uint8Array | undefined }>): Promise<string> {
  const { value } = await promise;
  return new TextDecoder().decode(value);
}

describe('WebTransport', () => {
  it('answers with the head when the first bytes are written', () => {
    const { transport, answers } = connected();
    transport.open(200, headers);
    expect(answers.length).to.equal(0);
    transport.write('a');
    expect(answers.map(({ status }) => status)).to.deep.equal([200]);
    expect(answers[0]?.headers.get('content-type')).to.equal('text/event-stream');
  });

  it('answers without a body when it ends with the head, and with a text when it ends with one', async () => {
    for (const [status, text] of [
      [200, ''],
      [204, ''],
      [304, 'ignored'],
      [422, 'why'],
    ] as const) {
      const { transport, answers, notified } = connected();
      transport.open(status, headers);
      transport.end(text);
      const body = status === 422 ? 'why' : '';
      expect([answers[0]?.status, await answers[0]?.text()]).to.deep.equal([status, body]);
      expect(notified).to.deep.equal(['close']);
    }
  });

  it('is full above 16 KiB of unread bytes, and drains when they are read', async () => {
    const { transport, notified, reader } = connected();
    transport.open(200, headers);
    expect(transport.write('é'.repeat(4 * KiB))).to.equal(true);
    expect(transport.write('é'.repeat(4 * KiB))).to.equal(false);
    expect(transport.hasRoom()).to.equal(false);
    // A write while it is full waits with the other bytes, as in a socket.
    expect(transport.write('a')).to.equal(false);

    const body = reader();
    expect((await body.read()).value?.length).to.equal(8 * KiB);
    expect([notified, transport.hasRoom()]).to.deep.equal([['drain'], true]);
    expect(transport.write('b')).to.equal(true);
    expect((await body.read()).value?.length).to.equal(8 * KiB);
    expect(await textOf(body.read())).to.equal('a');
    expect(await textOf(body.read())).to.equal('b');
  });

  it('passes a chunk to a waiting reader without counting it', async () => {
    const { transport, reader } = connected();
    transport.open(200, headers);
    transport.write('a');
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    const waiting = body.read();
    expect(transport.write('b'.repeat(64 * KiB))).to.equal(true);
    expect((await waiting).value?.length).to.equal(64 * KiB);
  });

  it('does not detach the bytes it writes: a page of a log is shared', async () => {
    const { transport, reader } = connected();
    const page = new TextEncoder().encode('shared');
    transport.open(200, headers);
    transport.write(page.subarray(0, 3));
    expect(await textOf(reader().read())).to.equal('sha');
    expect(new TextDecoder().decode(page)).to.equal('shared');
  });

  it('is closed when every written byte has been read, and not before', async () => {
    const { transport, notified, reader } = connected();
    transport.open(200, headers);
    transport.write('a');
    transport.end('b');
    expect(notified).to.deep.equal([]);
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    expect(notified).to.deep.equal([]);
    expect(await textOf(body.read())).to.equal('b');
    expect((await body.read()).done).to.equal(true);
    expect(notified).to.deep.equal(['close']);
  });

  it('is closed in the turn in which its reader cancels', () => {
    const { transport, notified, reader } = connected();
    transport.open(200, headers);
    transport.write('a');
    reader().cancel();
    expect([notified, transport.write('b')]).to.deep.equal([['close'], false]);
  });

  it('is closed once, in the turn in which the request is aborted, without a broken body', async () => {
    const leaving = new AbortController();
    const { transport, notified, reader } = connected(leaving.signal);
    transport.open(200, headers);
    transport.write('a');
    leaving.abort();
    expect([notified, transport.write('b')]).to.deep.equal([['close'], false]);
    const body = reader();
    expect(await textOf(body.read())).to.equal('a');
    expect((await body.read()).done).to.equal(true);
    await body.cancel();
    expect(notified).to.deep.equal(['close']);
  });

  it('answers a request that is aborted before its head', () => {
    const leaving = new AbortController();
    const { answers, notified } = connected(leaving.signal);
    leaving.abort();
    expect([answers[0]?.status, notified]).to.deep.equal([499, ['close']]);

    const late = connected(leaving.signal);
    expect([late.answers[0]?.status, late.isOpen]).to.deep.equal([499, false]);
  });

  it('breaks the body when it is aborted, with and without a head', async () => {
    for (const begins of [true, false]) {
      const { transport, answers, notified } = connected();
      if (begins) {
        transport.open(200, headers);
        transport.write('a');
      }
      transport.abort();
      transport.abort();
      expect(notified).to.deep.equal(['close']);
      expect([answers.length, answers[0]?.status, answers[0]?.headers.get('content-type')]).to.deep.equal([
        1,
        200,
        'text/event-stream',
      ]);
      const failure = await answers[0]?.text().catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(DOMException).and.have.property('name', 'AbortError');
    }
  });

  it('leaves no listener on the signal after any end', () => {
    const ways: Record<string, (made: ReturnType<typeof connected>) => void> = {
      ended: ({ transport }) => transport.end(),
      aborted: ({ transport }) => transport.abort(),
      released: ({ transport }) => void transport.listen(undefined),
      cancelled: ({ transport, reader }) => {
        transport.write('a');
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
      over(connected(signal));
      expect(listeners, how).to.equal(0);
    }
  });

  it('calls no listener after it was released', () => {
    const { transport, notified } = connected();
    transport.open(200, headers);
    transport.write('a');
    transport.listen(undefined);
    transport.abort();
    expect(notified).to.deep.equal([]);
  });

  it('loses, repeats and reorders nothing, with either side faster', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 40 * KiB }), fc.constant('read' as const)), { maxLength: 40 }),
        async (steps) => {
          const { transport, answers } = connected();
          transport.open(200, headers);
          let written = '';
          let read = '';
          let body: ReadableStreamDefaultReader<Uint8Array> | undefined;
          const take = async (): Promise<boolean> => {
            body ??= answers[0]?.body?.getReader();
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
              const mayGoOn = transport.write(text);
              expect(mayGoOn).to.equal(transport.hasRoom());
            }
          }
          transport.end();
          for (let n = 0; n <= steps.length && !(await take()); n++);
          expect(read.length).to.equal(written.length);
          expect(read).to.equal(written);
          expect(transport.write('x')).to.equal(false);
        },
      ),
      { numRuns: 100 },
    ));
});
