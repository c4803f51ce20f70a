/** The packages of an app that the CLI of Nest 11 creates, as far as the guide needs them. */
export const nestPackages = {
  '@nestjs/common': '^11.0.1',
  '@nestjs/core': '^11.0.1',
  '@nestjs/platform-express': '^11.0.1',
  '@types/express': '^5.0.0',
  '@types/jest': '^30.0.0',
  '@types/node': '^24.0.0',
  jest: '^30.0.0',
  'reflect-metadata': '^0.2.2',
  'ts-jest': '^29.2.5',
  typescript: '^5.7.3',
};

/** The compiler options of such an app that concern types and modules. */
const compilerOptions = {
  module: 'nodenext',
  esModuleInterop: true,
  isolatedModules: true,
  declaration: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  target: 'ES2023',
  outDir: './dist',
  skipLibCheck: true,
  strictNullChecks: true,
};

const test = `
it('sends what the service publishes', async () => {
  const app = await NestFactory.create(OrdersModule, { logger: false });
  await testOrders(app);
});
`;

/** Returns the files of an app with the code that the guide prints, and its options of Jest beside those of the CLI. */
export function nestFiles(guide: string): { readonly jest: object; readonly files: ReadonlyMap<string, string> } {
  const section = guide.slice(guide.indexOf('## NestJS'), guide.indexOf('### Without `Mount`'));
  const [mount, orders, testOrders] = [...section.matchAll(/```typescript\n(.*?)```/gs)].map(([, code = '']) =>
    code.replace(/ from '(\.\/\w+)\.ts'/g, " from '$1'"),
  );
  const [, json] = /```json\n(.*?)```/s.exec(section) ?? [];
  if (mount === undefined || orders === undefined || testOrders === undefined || json === undefined) {
    throw new Error(
      'docs/frameworks.md: expected Mount, orders, a test and the options of Jest in the section on Nest',
    );
  }
  const imports = "import { NestFactory } from '@nestjs/core';\nimport { OrdersModule } from './orders';\n";
  return {
    jest: { rootDir: 'src', moduleFileExtensions: ['js', 'json', 'ts'], ...JSON.parse(`{${json}}`).jest },
    files: new Map([
      ['tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] })],
      ['src/Mount.ts', mount],
      ['src/orders.ts', orders],
      ['src/orders.spec.ts', `${imports}${testOrders}${test}`],
    ]),
  };
}
