import { setTimeout as wait } from 'node:timers/promises';
import { createCluster, type RedisClientType } from '@redis/client';
import { freePort } from './nginx.ts';
import { type RedisServer, startRedis } from './redis.ts';

type ClusterClient = ReturnType<typeof clientOf>;

interface RedisCluster {
  readonly masters: readonly RedisServer[];
  /** The replica of each master. */
  readonly replicas: readonly RedisServer[];
  /** Returns a client of the cluster that is connected, and is destroyed with the cluster. */
  connect(): Promise<ClusterClient>;
  remove(): Promise<void>;
}

/** Starts a Redis Cluster of three masters on this host, with a replica each. */
export async function startRedisCluster(path: string): Promise<RedisCluster> {
  const clients: ClusterClient[] = [];
  const servers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const settings = [
        '--cluster-enabled',
        'yes',
        '--cluster-node-timeout',
        '1000',
        '--repl-diskless-sync-delay',
        '0',
      ];
      return startRedis(path, [...settings, '--cluster-port', String(await freePort())]);
    }),
  );
  const remove = async (): Promise<void> => {
    for (const client of clients) client.destroy();
    await Promise.all(servers.map((server) => server.remove()));
  };
  try {
    await join(await Promise.all(servers.map((server) => server.connect())));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    masters: servers.slice(0, 3),
    replicas: servers.slice(3),
    connect: async () => {
      const client = clientOf(servers);
      client.on('error', () => {});
      clients.push(client);
      await client.connect();
      return client;
    },
    remove,
  };
}

function clientOf(servers: readonly RedisServer[]) {
  const rootNodes = servers.map(({ url }) => ({ url }));
  return createCluster({ rootNodes, topologyRefreshOnReconnectionAttemptStrategy: 300 });
}

/** Makes the first three servers masters of a third of the slots each, and the others their replicas. */
async function join(nodes: readonly RedisClientType[]): Promise<void> {
  const masters = nodes.slice(0, 3);
  const ranges = [
    ['0', '5460'],
    ['5461', '10922'],
    ['10923', '16383'],
  ];
  await Promise.all(
    masters.map((node, index) => node.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', ...(ranges[index] ?? [])])),
  );
  const [first] = nodes;
  if (first === undefined) return;
  // Else two of them could have the same version of the configuration for a while.
  await Promise.all(nodes.map((node, index) => node.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)])));
  for (const node of nodes.slice(1)) {
    const [, port, busPort] = /(\d+)@(\d+)/.exec(String(await node.sendCommand(['CLUSTER', 'NODES']))) ?? [];
    await first.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', port ?? '', busPort ?? '']);
  }
  await until(nodes, async (node) => (await lines(node)).filter((line) => line.includes('connected')).length === 6);
  await Promise.all(
    masters.map(async (master, index) => {
      const id = String(await master.sendCommand(['CLUSTER', 'MYID']));
      await nodes[index + 3]?.sendCommand(['CLUSTER', 'REPLICATE', id]);
    }),
  );
  await until(nodes, async (node) => String(await node.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok'));
  await until(nodes, async (node) => (await lines(node)).filter((line) => line.includes('slave')).length === 3);
  await until(nodes.slice(3), async (node) =>
    String(await node.sendCommand(['INFO', 'replication'])).includes('link_status:up'),
  );
}

const lines = async (node: RedisClientType) =>
  String(await node.sendCommand(['CLUSTER', 'NODES']))
    .trim()
    .split('\n');

async function until(
  nodes: readonly RedisClientType[],
  isSo: (node: RedisClientType) => Promise<boolean>,
): Promise<void> {
  for (const node of nodes) while (!(await isSo(node))) await wait(20);
}
