import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RedisPeerName, Scenario } from '../Scenario.ts';
import type { AcrossPeer, Served } from './Peer.ts';

const peers: Readonly<Record<'rxsse' | RedisPeerName, () => Promise<AcrossPeer>>> = {
  rxsse: () => import('./rxsseAcross.ts'),
  'resumable-stream': () => import('./resumableStream.ts'),
  subscribe: () => import('./subscribe.ts'),
};

/** Publishes in this process to the readers of another one, which this starts. */
export async function serve(scenario: Scenario): Promise<Served> {
  const publisher = await (await peerOf(scenario)).openPublisher(scenario);
  const child = fork(fileURLToPath(import.meta.url), ['readers', JSON.stringify(scenario)]);
  process.once('exit', () => child.kill('SIGKILL'));
  child.once('exit', (code) => {
    throw new Error(`the process of the readers ended with code ${code}`);
  });
  const [port] = await once(child, 'message');
  return { ...publisher, port: Number(port), ...(child.pid === undefined ? {} : { pid: child.pid }) };
}

function peerOf({ peer }: Scenario): Promise<AcrossPeer> {
  const load = peers[peer as keyof typeof peers];
  if (load === undefined) throw new RangeError(`${peer} cannot serve readers in another process`);
  return load();
}

if (process.argv[2] === 'readers') {
  process.on('disconnect', () => process.exit());
  const scenario = JSON.parse(process.argv[3] ?? '') as Scenario;
  process.send?.(await (await peerOf(scenario)).serveReaders(scenario));
}
