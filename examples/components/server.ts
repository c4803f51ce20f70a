import { serveApp } from '../serveApp.ts';
import { componentsApp } from './app.ts';
import { bundle, frameworks } from './bundle.ts';
import { Orders } from './orders.ts';

const scripts: Record<string, string> = {};
for (const framework of frameworks) scripts[framework] = await bundle(framework);
const { app, shops } = componentsApp(scripts);
const paid = setInterval(() => {
  for (const shop of ['north', 'south']) void shops.get(shop).publish(Orders.OrderPaid({ total: 1 }));
}, 1000);

serveApp(app, {
  command: 'npm start --prefix examples/components',
  greeting: (url) => frameworks.map((framework) => `${url}/${framework}`),
  onStopped: () => clearInterval(paid),
});
