const name = process.argv[2] ?? 'fastify';
const { start } = (await import(`./${name}.ts`)) as { start(): Promise<string> };
console.log(`${name} listens on ${await start()}`);
