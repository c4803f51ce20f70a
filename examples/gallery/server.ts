import { scripted } from '../llm/script.ts';
import { serveApp } from '../serveApp.ts';
import { galleryApp } from './app.ts';

const { app, close } = await galleryApp(scripted(70));
serveApp(app, {
  command: 'npm start',
  greeting: (url) => [`The gallery:   ${url}`, `In a terminal: curl -N '${url}/sse3?message=hello'`],
  onStopped: () => {
    close();
    process.exit();
  },
});
