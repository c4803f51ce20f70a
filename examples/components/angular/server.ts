import '@angular/compiler';
import { type BootstrapContext, bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { App } from './App.ts';

/** Renders the page as a server does. */
export const rendered = renderApplication(
  (context: BootstrapContext) => bootstrapApplication(App, { providers: [provideServerRendering()] }, context),
  { document: '<app-root></app-root>', url: '/' },
);
