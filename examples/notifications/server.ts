import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StorageError } from 'rxsse/lmdb';
import { fail, serveApp } from '../serveApp.ts';
import { notificationsApp } from './app.ts';

const command = 'node --import tsx examples/notifications/server.ts';
const data = process.env.DATA || fileURLToPath(new URL('.tmp', import.meta.url));

try {
  const { app, close } = notificationsApp(data);
  serveApp(app, {
    command,
    greeting: (url) => [`Notifications: ${url}`, `Stored in:     ${relative('', data) || '.'}`],
    onStopped: close,
  });
} catch (error) {
  if (!(error instanceof StorageError)) throw error;
  fail(
    `Cannot store notifications in ${data}: ${(error.cause as Error).message}. Choose another folder: DATA=./data ${command}`,
  );
}
